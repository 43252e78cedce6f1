package io.hawser.core.api;

import io.hawser.wire.Endpoint;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What an application has: one byte stream each way, over one path or many. Plain TCP, fallen-back
 * and MPTCP are its modes.
 *
 * <p>Methods under "application" may be called by one writing and one reading application thread
 * while the engine runs. Methods under "engine" belong to the thread that owns the stack; the
 * application hands them over as commands.
 */
public interface Connection {

  /** Where a connection stands, as an application sees it. */
  enum Phase {
    CONNECTING,
    OPEN,
    /** Ended; {@link Connection#error} tells how. */
    CLOSED
  }

  /** How a connection failed, in errno's words; NONE for none. */
  enum Failure {
    NONE,
    REFUSED,
    RESET,
    TIMED_OUT,
    UNREACHABLE,
    ABORTED,
    /** No local address for the remote's family, or no free port. */
    ADDRESS_UNAVAILABLE
  }

  // ---- application ----

  /** Unique in its stack, never 0. */
  long id();

  Endpoint local();

  Endpoint remote();

  Phase phase();

  Failure failure();

  /** True while MPTCP is in use; false for plain TCP and after a fallback. */
  boolean multipath();

  /**
   * Copies bytes to the send buffer; returns how many fit. Then hand over {@link #wrote}. -1: no
   * more writing.
   */
  int write(MemorySegment source, long offset, int length);

  /** Bytes that {@link #write} would take now; 0 after shutdownOutput or failure. */
  int writableBytes();

  /** Most bytes held for sending now: as set, or as tuned so far. */
  int sendCapacityBytes();

  /**
   * Copies received bytes; 0 if none wait; -1 at the end of the stream or after a failure. Then
   * hand over {@link #didRead}.
   */
  int read(MemorySegment target, long offset, int length);

  /** Like read, leaving the bytes in place. */
  int peek(MemorySegment target, long offset, int length);

  long readableBytes();

  /** True if all bytes before the peer's end of stream have been read. */
  boolean atEnd();

  /** True if the peer has ended its stream; bytes may still wait to be read. */
  boolean peerFinished();

  /**
   * True if it is worth handing over {@link #didRead} now (the window would open by enough to tell
   * the peer).
   */
  boolean windowUpdateDue();

  /** A snapshot of live figures, safe from any thread. */
  ConnectionStats stats();

  /** The same, taken now; engine's thread only. */
  ConnectionStats snapshot();

  /** Whatever the owner wants to find again when news comes (the socket). */
  @Nullable Object attachment();

  void attach(@Nullable Object attachment);

  // ---- engine ----

  /** Bytes were written: transmit them. */
  void wrote(long nowNs);

  /** Bytes were read: maybe tell the peer of a larger window. */
  void didRead(long nowNs);

  /** No more bytes will be written; DATA_FIN or FIN follows the last. */
  void shutdownOutput(long nowNs);

  /** Received bytes are discarded from now on, acknowledged nevertheless. */
  void shutdownInput(long nowNs);

  /**
   * Orderly close of both directions; unread data makes it an abort (RFC 9293 section 3.10.4, RFC
   * 2525 section 2.17).
   */
  void close(long nowNs);

  /** Abrupt close: MP_FASTCLOSE or RST. */
  void abort(long nowNs);

  /** Changes a setting in mid-transfer. */
  void scheduler(String name, long nowNs);

  void congestionControl(String name, long nowNs);

  void noDelay(boolean on, long nowNs);

  void cork(boolean on, long nowNs);

  /** Other buffers from now on; what is held already stays. */
  void buffers(Buffers sizes, long nowNs);

  /** Asks the peer to use a subflow as backup or not (MP_PRIO). */
  void priority(int subflow, boolean backup, long nowNs);

  /** Closes one subflow; the connection goes on with the others. */
  void closeSubflow(int subflow, long nowNs);
}
