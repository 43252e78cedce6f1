package io.hawser.wire;

import java.lang.foreign.MemorySegment;

/** MPTCP options from and to bytes. */
public final class MptcpCodec {
  private MptcpCodec() {}

  /**
   * Decodes one option of kind 30 that lies inside its packet; whatever does not parse is Unknown.
   */
  public static MptcpOption decode(MemorySegment memory, long offset, int length) {
    throw new IllegalStateException("written by the wire helper");
  }

  /** Bytes that {@link #encode} writes. */
  public static int length(MptcpOption option) {
    throw new IllegalStateException("written by the wire helper");
  }

  /** Writes one option, without padding; returns its length in bytes. */
  public static int encode(MptcpOption option, MemorySegment memory, long offset) {
    throw new IllegalStateException("written by the wire helper");
  }

  /**
   * Writes a DSS without an object for it; returns its length. {@code dataAckBytes} and {@code
   * dsnBytes} are 0, 4 or 8; {@code checksum} -1 leaves it out.
   */
  public static int encodeDss(
      MemorySegment memory,
      long offset,
      boolean dataFin,
      int dataAckBytes,
      long dataAck,
      int dsnBytes,
      long dsn,
      int ssn,
      int dataLength,
      int checksum) {
    throw new IllegalStateException("written by the wire helper");
  }
}
