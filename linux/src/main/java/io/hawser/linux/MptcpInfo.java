package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What the kernel knows of one MPTCP connection (struct mptcp_info); a field that an older kernel
 * does not have is 0.
 *
 * @param additionalSubflows subflows besides the first
 * @param addressesSignaled addresses announced to the peer
 * @param addressesAccepted announced addresses of the peer that were taken up
 * @param fallback whether the connection fell back to plain TCP
 * @param token the local token
 * @param checksums whether data checksums are in use
 * @param retransmits data-level retransmissions
 * @param bytesRetransmitted data-level bytes retransmitted
 * @param bytesSent data bytes sent
 * @param bytesReceived data bytes received
 * @param bytesAcked data bytes that the peer has acknowledged
 * @param totalSubflows all subflows, the first included
 */
public record MptcpInfo(
    int additionalSubflows,
    int addressesSignaled,
    int addressesAccepted,
    boolean fallback,
    int token,
    boolean checksums,
    long retransmits,
    long bytesRetransmitted,
    long bytesSent,
    long bytesReceived,
    long bytesAcked,
    int totalSubflows) {

  /** Bytes of struct mptcp_info that are asked for. */
  static final int BYTES = 96;

  static MptcpInfo read(MemorySegment info) {
    return new MptcpInfo(
        u8(info, 0),
        u8(info, 1),
        u8(info, 2),
        (info.get(JAVA_INT, 8) & 1) != 0,
        info.get(JAVA_INT, 12),
        u8(info, 42) != 0,
        Integer.toUnsignedLong(info.get(JAVA_INT, 44)),
        info.get(JAVA_LONG, 48),
        info.get(JAVA_LONG, 56),
        info.get(JAVA_LONG, 64),
        info.get(JAVA_LONG, 72),
        u8(info, 80));
  }

  private static int u8(MemorySegment info, long at) {
    return info.get(JAVA_BYTE, at) & 0xff;
  }
}
