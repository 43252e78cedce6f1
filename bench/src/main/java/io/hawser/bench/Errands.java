package io.hawser.bench;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a pair busy for long: a connection that sends for the whole time, one that receives,
 * and short ones, some at a time, closed by the client and by the server in turns. What becomes of
 * a short one while a path is cut is only counted.
 */
final class Errands implements AutoCloseable {
  /** The first byte of a connection tells the server what it is for. */
  private enum Errand {
    ECHO,
    ECHO_AND_CLOSE,
    TAKE,
    GIVE
  }

  private static final int SHORT_AT_ONCE = 4;

  /** Of each of them. So that as many as in any other minute are in TIME-WAIT at any time. */
  private static final long SHORT_EVERY_NS = 400_000_000;

  private final Pair pair;
  private final long durationNs;
  private final Background acceptor;
  private final List<Background> clients = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger cutShort = new AtomicInteger();
  private final AtomicReference<@Nullable IOException> atServer = new AtomicReference<>();
  private volatile boolean disturbed;
  private volatile boolean over;
  private volatile boolean lastComes;

  /**
   * Begins them.
   *
   * @throws IOException if the long connections cannot be made
   */
  Errands(Pair pair, long durationNs) throws IOException {
    this.pair = pair;
    this.durationNs = durationNs;
    acceptor = Background.start("bench-acceptor", this::accept);
    Stream up = connect(Errand.TAKE);
    Stream down = connect(Errand.GIVE);
    clients.add(Background.start("bench-up", () -> give(up)));
    clients.add(Background.start("bench-down", () -> take(down)));
    for (int i = 0; i < SHORT_AT_ONCE; i++) {
      clients.add(Background.start("bench-short", this::comeAndGo));
    }
  }

  /** While this is so, short connections may fail. */
  void disturbed(boolean now) {
    disturbed = now;
  }

  /**
   * Has anything failed by now?
   *
   * @throws IOException if so
   */
  void check() throws IOException {
    IOException failure = atServer.get();
    if (failure != null) {
      throw failure;
    }
    acceptor.check();
    for (Background client : clients) {
      client.check();
    }
  }

  /**
   * Waits for the end of all; the two long ones end by their time.
   *
   * @throws IOException if one failed
   */
  void finish() throws IOException {
    over = true;
    for (Background client : clients) {
      client.close();
    }
    lastComes = true;
    try (Stream _ = connect(Errand.ECHO)) {
      acceptor.close();
    }
    check();
  }

  /** Begins no more; those that run end with their pair. */
  @Override
  public void close() {
    over = true;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d connections, %d cut short", connections.get(), cutShort.get());
  }

  private Stream connect(Errand errand) throws IOException {
    Stream stream = pair.asClient(pair::connect);
    stream.write(new byte[] {(byte) errand.ordinal()}, 0, 1);
    return stream;
  }

  private void give(Stream to) throws IOException {
    try (to) {
      Transfer.send(to, durationNs);
      to.readFully(new byte[1], 1);
    }
  }

  private static void take(Stream from) throws IOException {
    try (from) {
      var _ = Transfer.receive(from);
    }
  }

  private void comeAndGo() throws IOException {
    long startNs = System.nanoTime();
    boolean byServer = false;
    for (int i = 0; !over; i++, byServer = !byServer) {
      Moment.await(startNs + i * SHORT_EVERY_NS);
      boolean before = disturbed;
      try (Stream stream = connect(byServer ? Errand.ECHO_AND_CLOSE : Errand.ECHO)) {
        byte[] answer = new byte[1];
        stream.readFully(answer, 1);
        if (byServer && stream.read(answer, 0, 1) >= 0) {
          throw new IOException("more than the echo came");
        }
        connections.incrementAndGet();
      } catch (IOException e) {
        if (!before && !disturbed) {
          throw e;
        }
        cutShort.incrementAndGet();
      }
    }
  }

  private void accept() throws IOException {
    while (!lastComes) {
      try {
        Stream stream = pair.accept();
        Thread.ofPlatform().daemon().name("bench-server").start(() -> serve(stream));
      } catch (SocketTimeoutException e) {
        // Nobody came while the path was cut.
      }
    }
  }

  private void serve(Stream stream) {
    byte[] first = {(byte) Errand.ECHO.ordinal()};
    try (stream) {
      stream.readFully(first, 1);
      switch (Errand.values()[first[0]]) {
        case ECHO -> {
          stream.write(first, 0, 1);
          int _ = stream.read(new byte[1], 0, 1);
        }
        case ECHO_AND_CLOSE -> stream.write(first, 0, 1);
        case TAKE -> {
          var _ = Transfer.receive(stream);
          stream.write(first, 0, 1);
        }
        case GIVE -> Transfer.send(stream, durationNs);
      }
    } catch (IOException e) {
      if (first[0] >= Errand.TAKE.ordinal()) {
        atServer.compareAndSet(null, new IOException("at the server: " + e.getMessage(), e));
      }
    }
  }
}
