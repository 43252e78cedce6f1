package io.hawser.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

  /** True if the option had the experimental form (kind 254, RFC 6994) that came before kind 34. */
  public boolean fastOpenExperimental;

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

  /** A copy of the Fast Open cookie; empty if there is none. */
  public byte[] fastOpenCookie() {
    return memory
        .asSlice(Math.max(0, fastOpenOffset), fastOpenLength)
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** Option {@code index} of the MPTCP options other than DSS, in the order of the packet. */
  public MptcpOption mptcp(int index) {
    int at = mptcpOffsets[index];
    return MptcpCodec.decode(memory, at, Bytes.u8(memory, at + 1));
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

  /** Offset of the DSS option; valid if {@link #hasDss}. */
  public int dssOffset;

  void addMptcp(int offset) {
    if (mptcpCount < mptcpOffsets.length) {
      mptcpOffsets[mptcpCount++] = offset;
    }
  }

  /** Checks one packet once, and fills the view; the buffer stays its giver's. */
  public DropReason check(PacketBuffer packet, PacketMeta meta) {
    buffer = packet;
    return check(
        packet.memory(),
        PacketBuffer.START,
        packet.length(),
        meta.checksumTrusted,
        meta.segmentBytes);
  }

  /** The same for a packet anywhere in memory; {@link #buffer} keeps what it was. */
  public DropReason check(
      MemorySegment where, int offset, int length, boolean checksumTrusted, int segment) {
    memory = where;
    segmentBytes = segment;
    DropReason ip = IpParser.parse(this, where, offset, length, checksumTrusted);
    if (ip != DropReason.NONE) {
      return ip;
    }
    return switch (protocol) {
      case TCP -> checkTcp(checksumTrusted);
      case UDP -> checkUdp(checksumTrusted);
      case ICMP, ICMP6 -> checkIcmp(checksumTrusted);
      default -> DropReason.UNKNOWN_PROTOCOL;
    };
  }

  private boolean checksumHolds(boolean pseudo) {
    long sum =
        pseudo
            ? Checksum.pseudoHeader(v6, srcHigh, srcLow, dstHigh, dstLow, protocol, transportLength)
            : 0;
    return Checksum.fold(Checksum.add(sum, memory, transportOffset, transportLength)) == 0xffff;
  }

  private DropReason checkTcp(boolean trusted) {
    MemorySegment m = memory;
    int at = transportOffset;
    if (transportLength < 20) {
      return DropReason.TRUNCATED;
    }
    int header = (Bytes.u8(m, at + 12) >> 4) * 4;
    if (header < 20 || header > transportLength) {
      return DropReason.TCP_HEADER;
    }
    if (!trusted && !checksumHolds(true)) {
      return DropReason.TRANSPORT_CHECKSUM;
    }
    srcPort = Bytes.u16(m, at);
    dstPort = Bytes.u16(m, at + 2);
    seq = Bytes.i32(m, at + 4);
    ack = Bytes.i32(m, at + 8);
    flags = Bytes.u8(m, at + 13);
    window = Bytes.u16(m, at + 14);
    urgentPointer = Bytes.u16(m, at + 18);
    payloadOffset = at + header;
    payloadLength = transportLength - header;
    TcpOptions.clear(this);
    return TcpOptions.parse(this, m, at + 20, payloadOffset)
        ? DropReason.NONE
        : DropReason.TCP_OPTION;
  }

  private DropReason checkUdp(boolean trusted) {
    if (transportLength < 8) {
      return DropReason.TRUNCATED;
    }
    // RFC 768: the length counts the header, so 8 is the least.
    int claimed = Bytes.u16(memory, transportOffset + 4);
    if (claimed < 8 || claimed > transportLength) {
      return DropReason.TRUNCATED;
    }
    transportLength = claimed;
    // RFC 768: an IPv4 datagram may go without a checksum.
    boolean none = !v6 && Bytes.u16(memory, transportOffset + 6) == 0;
    if (!trusted && !none && !checksumHolds(true)) {
      return DropReason.TRANSPORT_CHECKSUM;
    }
    srcPort = Bytes.u16(memory, transportOffset);
    dstPort = Bytes.u16(memory, transportOffset + 2);
    payloadOffset = transportOffset + 8;
    payloadLength = transportLength - 8;
    return DropReason.NONE;
  }

  private DropReason checkIcmp(boolean trusted) {
    if (transportLength < 8) {
      return DropReason.TRUNCATED;
    }
    if ((protocol == ICMP6) != v6) {
      return DropReason.UNKNOWN_PROTOCOL;
    }
    // RFC 4443 section 2.3: ICMPv6 covers the pseudo-header, RFC 792's ICMP does not.
    if (!trusted && !checksumHolds(v6)) {
      return DropReason.TRANSPORT_CHECKSUM;
    }
    payloadOffset = transportOffset + 8;
    payloadLength = transportLength - 8;
    return DropReason.NONE;
  }
}
