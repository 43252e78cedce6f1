package io.hawser.cli.driver;

import io.hawser.cli.driver.Request.Flag;
import io.hawser.core.api.Connection;
import io.hawser.core.api.Connection.Phase;
import io.hawser.wire.Endpoint;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** read and write, as Linux's recv and send have them. */
final class Transfer {
  /** Most bytes of one read: 16 MiB, twice that as text. */
  private static final int MOST_READ = 16 << 20;

  private static final int PIECE = 64 << 10;

  private final Engine engine;
  private final Opening opening;

  Transfer(Engine engine, Opening opening) {
    this.engine = engine;
    this.opening = opening;
  }

  // ---- read ----

  /** The bytes; none at the end of the stream. With TRUNC they are zeros: nothing is copied. */
  byte[] read(Descriptor socket, int most, Set<Flag> flags) {
    if (socket.isListening() || socket.connection == null) {
      throw new SocketError("ENOTCONN");
    }
    if (most < 0) {
      throw new SocketError("EINVAL", "a negative length");
    }
    int wanted = Math.min(most, MOST_READ);
    if (wanted == 0) {
      return new byte[0];
    }
    boolean waits = !socket.nonblocking && !flags.contains(Flag.DONTWAIT);
    int target = flags.contains(Flag.WAITALL) ? wanted : socket.options.readTarget(wanted);
    long deadlineNs = Bell.deadlineAfterMicros(socket.options.number("socket RCVTIMEO"));
    boolean peeks = flags.contains(Flag.PEEK);
    byte[] got = new byte[0];
    while (true) {
      Connection c = connection(socket);
      byte[] more = take(socket, c, peeks ? wanted : wanted - got.length, peeks);
      got = peeks ? more : join(got, more);
      boolean over = socket.readShut || c.atEnd() || hasEnded(c);
      if (got.length >= target || got.length == wanted || (over && got.length > 0)) {
        break;
      }
      if (over) {
        return atEnd(socket);
      }
      long had = peeks ? got.length : 0;
      if (!waits
          || !socket.await(
              () -> c.readableBytes() > had || c.atEnd() || hasEnded(c) || socket.readShut,
              deadlineNs)) {
        if (got.length > 0) {
          break;
        }
        throw new SocketError("EAGAIN");
      }
    }
    return flags.contains(Flag.TRUNC) ? new byte[got.length] : got;
  }

  /** Nothing will come that is not here already. */
  private static boolean hasEnded(Connection c) {
    return c.phase() == Phase.CLOSED && c.readableBytes() == 0;
  }

  private static byte[] atEnd(Descriptor socket) {
    String failure = socket.takeFailure();
    if (failure != null) {
      throw new SocketError(failure);
    }
    return new byte[0];
  }

  private static Connection connection(Descriptor socket) {
    socket.requireOpen();
    Connection c = socket.connection;
    if (c == null) {
      throw new SocketError("ENOTCONN");
    }
    return c;
  }

  private byte[] take(Descriptor socket, Connection c, int most, boolean peeks) {
    socket.reading.lock();
    try {
      socket.requireOpen();
      int length = (int) Math.min(most, c.readableBytes());
      if (length <= 0) {
        return new byte[0];
      }
      byte[] bytes = new byte[length];
      MemorySegment target = MemorySegment.ofArray(bytes);
      int count = peeks ? c.peek(target, 0, length) : c.read(target, 0, length);
      if (count > 0 && !peeks && c.windowUpdateDue()) {
        engine.tell(c::didRead);
      }
      return count == length ? bytes : Arrays.copyOf(bytes, Math.max(0, count));
    } finally {
      socket.reading.unlock();
    }
  }

  private static byte[] join(byte[] first, byte[] second) {
    if (first.length == 0) {
      return second;
    }
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  // ---- write ----

  /**
   * Writes bytes, or so many zeros if there are none; returns how many were taken.
   *
   * @param to where to connect first if not connected (MSG_FASTOPEN)
   */
  long write(
      Descriptor socket,
      byte @Nullable [] bytes,
      long count,
      Set<Flag> flags,
      @Nullable Endpoint to) {
    boolean waits = !socket.nonblocking && !flags.contains(Flag.DONTWAIT);
    byte[] source = bytes == null ? new byte[(int) Math.min(count, PIECE)] : bytes;
    Endpoint first = to != null && flags.contains(Flag.FASTOPEN) ? to : socket.deferred;
    long written = 0;
    if (first != null && socket.connection == null) {
      int length = (int) Math.min(count, source.length);
      written = opening.startWith(socket, first, source, length, waits);
      if (!waits) {
        return written;
      }
    }
    long deadlineNs = Bell.deadlineAfterMicros(socket.options.number("socket SNDTIMEO"));
    establish(socket, waits, deadlineNs);
    if (count == 0) {
      requireWritable(socket);
      return 0;
    }
    while (written < count) {
      Connection c = socket.connection;
      if (c == null || socket.writeShut || c.phase() == Phase.CLOSED) {
        if (written > 0) {
          return written;
        }
        requireWritable(socket);
      }
      int from = bytes == null ? 0 : (int) written;
      int length = (int) Math.min(count - written, source.length - from);
      int put = c == null ? 0 : put(socket, c, source, from, length, flags);
      written += put;
      if (put == 0 && c != null && !waitForRoom(socket, c, waits, deadlineNs)) {
        if (written > 0) {
          return written;
        }
        throw new SocketError("EAGAIN");
      }
    }
    return written;
  }

  private static boolean waitForRoom(
      Descriptor socket, Connection c, boolean waits, long deadlineNs) {
    return waits
        && socket.await(
            () -> c.writableBytes() > 0 || c.phase() == Phase.CLOSED || socket.writeShut,
            deadlineNs);
  }

  /** Waits for the handshake to end, as send does. */
  private static void establish(Descriptor socket, boolean waits, long deadlineNs) {
    Connection c = socket.connection;
    if (socket.isListening() || c == null) {
      throw new SocketError("EPIPE");
    }
    if (c.phase() == Phase.CONNECTING
        && !(waits && socket.await(() -> c.phase() != Phase.CONNECTING, deadlineNs))) {
      throw new SocketError("EAGAIN");
    }
  }

  private static void requireWritable(Descriptor socket) {
    String failure = socket.takeFailure();
    if (failure != null) {
      throw new SocketError(failure);
    }
    Connection c = socket.connection;
    if (c == null || socket.writeShut || c.phase() == Phase.CLOSED) {
      throw new SocketError("EPIPE");
    }
  }

  private int put(
      Descriptor socket, Connection c, byte[] source, int from, int length, Set<Flag> flags) {
    socket.writing.lock();
    try {
      int put = c.write(MemorySegment.ofArray(source), from, length);
      if (put <= 0) {
        return 0;
      }
      socket.writtenBytes += put;
      boolean more = flags.contains(Flag.MORE);
      boolean corkChanges = more != socket.moreComes && !socket.options.isOn("tcp CORK");
      socket.moreComes = more;
      engine.tell(now -> {
        if (corkChanges) {
          c.cork(more, now);
        }
        c.wrote(now);
      });
      return put;
    } finally {
      socket.writing.unlock();
    }
  }
}
