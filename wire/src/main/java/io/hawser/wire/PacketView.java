package io.hawser.wire;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A checked view of one received IP packet. {@link #check} either gives a reason to drop it or
 * fills every field; after that nothing read through the view can lie outside the packet. One
 * object is reused for every packet.
 */
public final class PacketView {

  /** TCP flag bits as in byte 13 of the header. */
  public static final int FIN = 1;

  /** SYN. */
  public static final int SYN = 2;

  /** RST. */
  public static final int RST = 4;

  /** PSH. */
  public static final int PSH = 8;

  /** ACK. */
  public static final int ACK = 16;

  /** URG. */
  public static final int URG = 32;

  /** ECN echo. */
  public static final int ECE = 64;

  /** Congestion window reduced. */
  public static final int CWR = 128;

  /** IP protocol numbers served. */
  public static final int ICMP = 1;

  /** TCP. */
  public static final int TCP = 6;

  /** UDP. */
  public static final int UDP = 17;

  /** ICMPv6. */
  public static final int ICMP6 = 58;

  /** The buffer the packet is lent in. */
  public @Nullable PacketBuffer buffer;

  /** Its memory; all offsets are in here. */
  public MemorySegment memory = MemorySegment.NULL;

  // IP
  public boolean v6;
  public long srcHigh;
  public long srcLow;
  public long dstHigh;
  public long dstLow;
  public int hopLimit;

  /** TOS or traffic class; the low two bits are ECN. */
  public int trafficClass;

  public int protocol;
  public int ipOffset;
  public int ipLength;
  public int transportOffset;
  public int transportLength;

  // TCP and UDP
  public int srcPort;
  public int dstPort;
  public int seq;
  public int ack;
  public int flags;

  /** The window field as it stands, unscaled. */
  public int window;

  public int urgentPointer;
  public int payloadOffset;
  public int payloadLength;

  /** TCP payload bytes of each merged segment; 0 if single. */
  public int segmentBytes;

  // TCP options
  /** MSS option, or -1. */
  public int mss;

  /** Window scale option, or -1. */
  public int windowScale;

  public boolean sackPermitted;
  public boolean hasTimestamp;
  public int tsVal;
  public int tsEcr;
  public int sackCount;
  public final int[] sackLeft = new int[4];
  public final int[] sackRight = new int[4];

  /** Offset of the Fast Open cookie in {@link #memory}, or -1; a request has length 0. */
  public int fastOpenOffset;

  public int fastOpenLength;

  // DSS (RFC 8684 section 3.3), the one MPTCP option of the data path
  public boolean hasDss;
  public boolean dataFin;

  /** 0, 4 or 8 bytes of Data ACK. */
  public int dataAckBytes;

  /** The Data ACK; its low 32 bits if 4 bytes. */
  public long dataAck;

  /** 0 (no mapping), 4 or 8 bytes of data sequence number. */
  public int dsnBytes;

  public long dsn;
  public int ssn;

  /** Data-level length of the mapping; 0 = infinite mapping. */
  public int dataLength;

  public boolean hasDataChecksum;
  public int dataChecksum;

  // Every other MPTCP option
  public int mptcpCount;
  private final int[] mptcpOffsets = new int[8];

  /** Option {@code index} of the MPTCP options other than DSS, in the order of the packet. */
  public MptcpOption mptcp(int index) {
    int at = mptcpOffsets[index];
    return MptcpCodec.decode(
        memory, at, memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 1) & 0xff);
  }

  /** Source address. */
  public IpAddress source() {
    return new IpAddress(srcHigh, srcLow, v6);
  }

  /** Destination address. */
  public IpAddress destination() {
    return new IpAddress(dstHigh, dstLow, v6);
  }

  /** True if all bits of {@code mask} are set in the TCP flags. */
  public boolean has(int mask) {
    return (flags & mask) == mask;
  }

  /**
   * Sequence space the segment takes: payload plus one for SYN and FIN each (RFC 9293 section 3.4).
   */
  public int sequenceLength() {
    return payloadLength + (flags & FIN) + (flags >> 1 & 1);
  }

  /** Checks one packet once, and fills the view. */
  public DropReason check(PacketBuffer packet, PacketMeta meta) {
    throw new IllegalStateException("written by the wire helper");
  }
}
