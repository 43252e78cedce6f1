package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What the kernel knows of one TCP connection or subflow (struct tcp_info, Linux's units); a field
 * that an older kernel does not have is 0.
 *
 * @param state the TCP state's number: 1 is ESTABLISHED
 * @param retransmits consecutive retransmission timeouts without progress
 * @param rtoMicros retransmission timeout
 * @param sendMssBytes largest segment sent
 * @param lostSegments segments deemed lost now
 * @param rttMicros smoothed round-trip time
 * @param rttVarMicros its mean deviation
 * @param slowStartThresholdSegments slow-start threshold
 * @param cwndSegments congestion window
 * @param totalRetransmits segments retransmitted so far
 * @param pacingBytesPerSecond pacing rate; -1 if unlimited
 * @param bytesAcked payload bytes that the peer has acknowledged
 * @param bytesReceived payload bytes received in order
 * @param segmentsOut segments sent
 * @param segmentsIn segments received
 * @param minRttMicros smallest round-trip time seen
 * @param deliveryBytesPerSecond latest delivery rate
 * @param bytesSent payload bytes sent, retransmissions included
 * @param bytesRetransmitted payload bytes retransmitted
 */
public record TcpInfo(
    int state,
    int retransmits,
    long rtoMicros,
    long sendMssBytes,
    long lostSegments,
    long rttMicros,
    long rttVarMicros,
    long slowStartThresholdSegments,
    long cwndSegments,
    long totalRetransmits,
    long pacingBytesPerSecond,
    long bytesAcked,
    long bytesReceived,
    long segmentsOut,
    long segmentsIn,
    long minRttMicros,
    long deliveryBytesPerSecond,
    long bytesSent,
    long bytesRetransmitted) {

  /** The state number of an established connection. */
  public static final int ESTABLISHED = 1;

  /** Bytes of struct tcp_info that are asked for. */
  static final int BYTES = 256;

  static TcpInfo read(MemorySegment info) {
    return new TcpInfo(
        info.get(JAVA_BYTE, 0) & 0xff,
        info.get(JAVA_BYTE, 2) & 0xff,
        u32(info, 8),
        u32(info, 16),
        u32(info, 32),
        u32(info, 68),
        u32(info, 72),
        u32(info, 76),
        u32(info, 80),
        u32(info, 100),
        info.get(JAVA_LONG, 104),
        info.get(JAVA_LONG, 120),
        info.get(JAVA_LONG, 128),
        u32(info, 136),
        u32(info, 140),
        u32(info, 148),
        info.get(JAVA_LONG, 160),
        info.get(JAVA_LONG, 200),
        info.get(JAVA_LONG, 208));
  }

  private static long u32(MemorySegment info, long at) {
    return Integer.toUnsignedLong(info.get(JAVA_INT, at));
  }
}
