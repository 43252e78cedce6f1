package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds headers in scratch memory and hands packets to the device; one for a stack, valid during
 * one poll.
 */
public final class TcpOutput {
  static final int MOST_OPTIONS = 40;
  private static final int SCRATCH = 192;

  private final MemorySegment header = Arena.ofAuto().allocate(256, 8);
  private final OutgoingPacket packet = new OutgoingPacket();
  private final int[] blocks = new int[8];
  private PacketSink sink = p -> false;
  private int identification;
  private boolean blocked;
  private boolean bySource;
  private final List<IpAddress> refused = new ArrayList<>();

  /** Directs what follows to a sink. */
  public void sink(PacketSink next) {
    sink = next;
    blocked = false;
    bySource = next.refusesBySource();
    if (!refused.isEmpty()) {
      refused.clear();
    }
  }

  /** True if the device takes nothing more of any source until the next {@link #sink}. */
  public boolean full() {
    return blocked && !bySource;
  }

  /** True if the device takes nothing more from this address until the next {@link #sink}. */
  public boolean refuses(IpAddress source) {
    return blocked && (!bySource || refused.contains(source));
  }

  /** True if the device has refused a packet since {@link #sink}. */
  public boolean blocked() {
    return blocked;
  }

  /** Sends a finished packet that is not part of a connection, header in {@code bytes}. */
  public boolean raw(MemorySegment bytes, int length) {
    packet.header = bytes;
    packet.headerLength = length;
    packet.payloadLength = 0;
    packet.wrappedLength = 0;
    packet.transportOffset = 0;
    packet.segmentBytes = 0;
    return emit();
  }

  private boolean emit() {
    boolean taken = sink.emit(packet);
    blocked |= !taken;
    return taken;
  }

  /**
   * Sends one segment or super-segment of a connection.
   *
   * @param range what it carries, or null
   * @param sendBuffer where the range's bytes are
   * @return false if the device had no room
   */
  boolean segment(
      TcpConnection c,
      TcpExtension.Slot slot,
      int flags,
      int seq,
      @Nullable TxRange range,
      SendBuffer sendBuffer,
      long nowNs) {
    if (refuses(c.local().address())) {
      return false;
    }
    boolean v6 = c.local().address().v6();
    int ip = Headers.ipBytes(v6);
    int options = options(c, slot, flags, ip + 20, range, nowNs);
    int tcpBytes = 20 + options;
    int payload = range == null ? 0 : range.length;
    packet.header = header;
    packet.headerLength = ip + tcpBytes;
    packet.payloadLength = 0;
    packet.wrappedLength = 0;
    packet.transportOffset = ip;
    int mss = range == null ? c.mssBytes() : c.segmentation().of(range);
    boolean data = slot == TcpExtension.Slot.DATA;
    packet.segmentBytes = payload > mss && data && !isProbe(range) ? mss : 0;
    if (range != null) {
      SendBuffer own = range.own;
      if (own != null) {
        own.locate(range.ownOffset, payload, packet);
      } else {
        sendBuffer.locate(range.dataOffset, payload, packet);
      }
    }
    TcpConfig config = c.config();
    boolean newData = data && range != null && range.transmissions == 0;
    Headers.ip(
        header,
        c.local().address(),
        c.remote().address(),
        PacketView.TCP,
        tcpBytes + payload,
        config.trafficClass & ~3 | c.ecn().codepoint(newData),
        config.hopLimit,
        identification);
    identification += packet.segmentBytes == 0 ? 1 : (payload + mss - 1) / mss;
    boolean ack = (flags & PacketView.ACK) != 0;
    Headers.tcp(
        header,
        ip,
        c.local().port(),
        c.remote().port(),
        seq,
        ack ? c.receiver().ackNumber() : 0,
        tcpBytes,
        flags | ecnFlags(c, slot, newData),
        c.windowField(slot),
        0);
    pseudoSum(v6, ip, tcpBytes + payload);
    if (!emit()) {
      if (bySource) {
        refused.add(c.local().address());
      }
      return false;
    }
    if (newData) {
      c.ecn().newDataSent();
    }
    return true;
  }

  private static boolean isProbe(@Nullable TxRange range) {
    return range != null && range.mtuProbe;
  }

  private static int ecnFlags(TcpConnection c, TcpExtension.Slot slot, boolean newData) {
    return switch (slot) {
      case SYN -> c.ecn().synFlags(false, c.synsSent());
      case SYN_ACK -> c.ecn().synFlags(true, c.synsSent());
      case RST -> 0;
      case ACK, DATA -> c.ecn().flags(newData);
    };
  }

  private void pseudoSum(boolean v6, int ip, int transportBytes) {
    long sum = v6 ? Checksum.add(0, header, 8, 32) : Checksum.add(0, header, 12, 8);
    sum = Checksum.add32(Checksum.add32(sum, PacketView.TCP), transportBytes);
    Bytes.put16(header, ip + 16, Checksum.fold(sum));
  }

  /** Options in Linux's order; returns their length, padded. */
  private int options(
      TcpConnection c,
      TcpExtension.Slot slot,
      int flags,
      int start,
      @Nullable TxRange range,
      long nowNs) {
    boolean syn = slot == TcpExtension.Slot.SYN || slot == TcpExtension.Slot.SYN_ACK;
    int at = syn ? synOptions(c, slot, start, range != null, nowNs) : start;
    if (!syn && c.timestampsOn()) {
      at += TcpOptionCodec.nops(header, at, 2);
      at += timestamps(c, at, nowNs);
    }
    // The extension's options have precedence over SACK blocks, though they come after them.
    int space = MOST_OPTIONS - (at - start);
    int extension = c.extension().writeOptions(slot, header, SCRATCH, space, range, nowNs);
    int padded = extension + 3 & ~3;
    boolean sack = false;
    if (slot == TcpExtension.Slot.ACK && c.sackOn() && (flags & PacketView.ACK) != 0) {
      int most = Math.min(4, (space - padded - 4) / 8);
      int count = most > 0 ? c.receiver().sackBlocks(blocks, most) : 0;
      if (count > 0) {
        at += TcpOptionCodec.nops(header, at, 2);
        at += TcpOptionCodec.sack(header, at, blocks, count);
        sack = true;
      }
    }
    c.receiver().noteSack(sack);
    MemorySegment.copy(header, SCRATCH, header, at, extension);
    at += extension;
    at += TcpOptionCodec.nops(header, at, -(at - start) & 3);
    return at - start;
  }

  private int synOptions(
      TcpConnection c, TcpExtension.Slot slot, int start, boolean data, long nowNs) {
    boolean answer = slot == TcpExtension.Slot.SYN_ACK;
    int at = start;
    at += TcpOptionCodec.mss(header, at, c.advertisedMss());
    boolean sack = answer ? c.sackOn() : c.config().sack;
    boolean stamps = answer ? c.timestampsOn() : c.config().timestamps;
    if (sack) {
      // Linux lets SACK-permitted share a word with what follows: the timestamps, else padding in
      // front.
      at += stamps ? 0 : TcpOptionCodec.nops(header, at, 2);
      at += TcpOptionCodec.sackPermitted(header, at);
    } else if (stamps) {
      at += TcpOptionCodec.nops(header, at, 2);
    }
    if (stamps) {
      at += timestamps(c, at, nowNs);
    }
    if (answer ? c.scalingOn() : c.config().windowScaling) {
      at += TcpOptionCodec.nops(header, at, 1);
      at += TcpOptionCodec.windowScale(header, at, c.receiver().scale());
    }
    return at + c.fastOpen().write(header, at, answer, data, c.synsSent());
  }

  private int timestamps(TcpConnection c, int at, long nowNs) {
    return TcpOptionCodec.timestamps(header, at, c.timestamp(nowNs), c.receiver().tsRecent);
  }
}
