package io.hawser.workload.iperf3;

import io.hawser.workload.SocketEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Serves tests, one at a time; whoever comes meanwhile hears that it is busy. */
public final class Iperf3Server implements AutoCloseable {
  private static final int GREETING_MS = 10_000;

  private final ServerSocket listener;
  private final Consumer<Iperf3Result.Interval> live;

  /** Listens at once; port 0 takes a free one. */
  public Iperf3Server(
      SocketEngine engine, InetSocketAddress local, Consumer<Iperf3Result.Interval> live)
      throws IOException {
    this.live = live;
    listener = engine.listen(local);
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /**
   * Waits for a client and serves its test.
   *
   * @throws Iperf3Exception if the test failed; the server may serve the next one
   */
  public Iperf3Result serve() throws IOException {
    listener.setSoTimeout(0);
    Socket first = listener.accept();
    List<Iperf3Stream> streams = new ArrayList<>();
    first.setSoTimeout(GREETING_MS);
    try (Iperf3Control control = new Iperf3Control(first)) {
      byte[] cookie = Iperf3Control.readCookie(first);
      control.tell(Iperf3State.PARAM_EXCHANGE);
      Iperf3Settings settings = Iperf3Settings.of(control.receive());
      first.setSoTimeout(0);
      control.tell(Iperf3State.CREATE_STREAMS);
      while (streams.size() < settings.connections()) {
        Socket data = stream(cookie);
        int index = streams.size();
        streams.add(new Iperf3Stream(index, data, !settings.clientSends(index), settings));
      }
      control.tell(Iperf3State.TEST_START);
      control.tell(Iperf3State.TEST_RUNNING);
      return test(control, settings, streams);
    } finally {
      for (Iperf3Stream stream : streams) {
        stream.close();
      }
    }
  }

  /** The next connection with the test's cookie; others are turned away. */
  private Socket stream(byte[] cookie) throws IOException {
    listener.setSoTimeout(GREETING_MS);
    while (true) {
      Socket data;
      try {
        data = listener.accept();
      } catch (SocketTimeoutException e) {
        throw new Iperf3Exception("the client did not open its streams within 10 s");
      }
      data.setSoTimeout(GREETING_MS);
      if (Arrays.equals(cookie, Iperf3Control.readCookie(data))) {
        data.setSoTimeout(0);
        return data;
      }
      turnAway(data);
    }
  }

  private static void turnAway(Socket other) {
    try (Iperf3Control control = new Iperf3Control(other)) {
      control.tell(Iperf3State.ACCESS_DENIED);
    } catch (IOException e) {
      // It went by itself.
      return;
    }
  }

  private Iperf3Result test(
      Iperf3Control control, Iperf3Settings settings, List<Iperf3Stream> streams)
      throws IOException {
    AtomicReference<IOException> failure = new AtomicReference<>();
    Thread ear =
        Thread.ofPlatform()
            .daemon()
            .name("iperf3-control")
            .start(() -> {
              try {
                control.expect(Iperf3State.TEST_END);
              } catch (IOException e) {
                failure.set(e);
              }
            });
    Thread doorman = Thread.ofPlatform().daemon().name("iperf3-doorman").start(() -> keepOut(ear));
    Iperf3Run run = new Iperf3Run(settings, streams, live);
    run.until(() -> !ear.isAlive());
    join(doorman);
    IOException wrong = failure.get();
    if (wrong != null) {
      throw wrong;
    }
    control.tell(Iperf3State.EXCHANGE_RESULTS);
    JsonNode told = control.receive();
    control.send(Iperf3Result.told(streams, run.seconds(), run.retransmits()));
    control.tell(Iperf3State.DISPLAY_RESULTS);
    control.expect(Iperf3State.IPERF_DONE);
    return Iperf3Result.of(settings, run, streams, told);
  }

  /** Whoever comes while a test runs. */
  private void keepOut(Thread whileAlive) {
    try {
      listener.setSoTimeout(100);
      while (whileAlive.isAlive()) {
        try {
          turnAway(listener.accept());
        } catch (SocketTimeoutException e) {
          continue;
        }
      }
    } catch (IOException e) {
      // The server was closed meanwhile.
      return;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
