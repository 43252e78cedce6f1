package io.hawser.core.tcp;

import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What a layer above adds to one TCP connection: its options both ways, and the window it shares.
 */
public interface TcpExtension {

  /** Where options go. */
  enum Slot {
    SYN,
    SYN_ACK,
    /** A segment without payload: ACK, FIN, window update, probe. */
    ACK,
    DATA,
    RST
  }

  /** What to do with a segment whose options were seen. */
  enum Verdict {
    ACCEPT,
    /** Take the acknowledgement, ignore the payload. */
    IGNORE_PAYLOAD,
    /** Reset the connection; {@link #writeOptions} is asked for the RST. */
    RESET
  }

  /** Most bytes of options on a data segment: what the payload must leave free. */
  int dataOptionBytes();

  /** The same on a segment that goes on with a mapping which a segment before it began. */
  default int continuedOptionBytes() {
    return dataOptionBytes();
  }

  /**
   * Writes options after TCP's own; TCP pads to a multiple of four.
   *
   * @param range what is sent, for DATA; null otherwise
   * @param spaceBytes how many bytes are left in the header
   * @return bytes written
   */
  int writeOptions(
      Slot slot,
      MemorySegment header,
      long offset,
      int spaceBytes,
      @Nullable TxRange range,
      long nowNs);

  /**
   * Sees every acceptable segment (RFC 9293 section 3.10.7 and RFC 5961 checks done), SYN, SYN/ACK
   * and RST among them, before its payload is queued.
   */
  Verdict onSegment(PacketView segment, long nowNs);

  /** Bytes beyond RCV.NXT that may be advertised now. TCP keeps the right edge from shrinking. */
  int receiveWindowBytes();

  /**
   * Most that {@link #receiveWindowBytes} can be as things are set: the window scale follows it.
   */
  default int receiveCapacityBytes() {
    return receiveWindowBytes();
  }

  /**
   * True if the window belongs to all subflows of a connection: it is advertised as {@link
   * #receiveWindowBytes} says, and the layer above keeps its right edge.
   */
  boolean windowIsShared();

  /**
   * True if an ACK without payload has something to say although TCP itself has not; asked by poll.
   */
  boolean wantsAck(long nowNs);
}
