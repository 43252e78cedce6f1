package io.hawser.wire;

import static io.hawser.wire.PacketView.CWR;
import static io.hawser.wire.PacketView.FIN;
import static io.hawser.wire.PacketView.PSH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Turns what a stack emits into finished packets: checksums complete, none larger than its segment
 * size.
 */
public final class Segmenter {
  /** Room for any header a stack writes; grows for a captured one with long IPv6 extensions. */
  private MemorySegment header = Arena.ofAuto().allocate(256, 8);

  private final OutgoingPacket part = new OutgoingPacket();

  /**
   * Passes finished packets on to a sink.
   *
   * @return false if the sink took nothing; once it has taken a first segment, later ones that it
   *     refuses are lost, as on a wire
   */
  public boolean send(OutgoingPacket packet, PacketSink sink) {
    int tcp = packet.transportOffset;
    if (tcp == 0) {
      return sink.emit(packet);
    }
    int total = packet.totalPayload();
    int size = packet.segmentBytes > 0 ? packet.segmentBytes : Math.max(total, 1);
    int sent = 0;
    boolean first = true;
    do {
      int length = Math.min(size, total - sent);
      prepare(packet, sent, length, sent + length == total);
      boolean taken = sink.emit(part);
      if (first && !taken) {
        return false;
      }
      first = false;
      sent += length;
    } while (sent < total);
    return true;
  }

  private void prepare(OutgoingPacket whole, int from, int length, boolean last) {
    int tcp = whole.transportOffset;
    int headerLength = whole.headerLength;
    if (headerLength > header.byteSize()) {
      header = Arena.ofAuto().allocate(headerLength, 8);
    }
    MemorySegment.copy(whole.header, 0, header, 0, headerLength);
    boolean v6 = Bytes.u8(header, 0) >> 4 == 6;
    if (whole.segmentBytes > 0) {
      int flags = Bytes.u8(header, tcp + 13);
      int kept = (from == 0 ? flags : flags & ~CWR) & (last ? ~0 : ~(PSH | FIN));
      Bytes.put8(header, tcp + 13, kept);
      Bytes.put32(header, tcp + 4, Bytes.i32(header, tcp + 4) + from);
      if (v6) {
        Bytes.put16(header, 4, headerLength - Headers.IPV6_BYTES + length);
      } else {
        Bytes.put16(header, 2, headerLength + length);
        Bytes.put16(header, 4, Bytes.u16(header, 4) + from / whole.segmentBytes);
        Bytes.put16(header, 10, 0);
        Bytes.put16(header, 10, Checksum.finish(Checksum.add(0, header, 0, tcp)));
      }
    }
    locate(whole, from, length);
    part.header = header;
    part.headerLength = headerLength;
    part.transportOffset = 0;
    part.segmentBytes = 0;
    completeChecksum(v6, tcp, headerLength - tcp + length);
  }

  private void locate(OutgoingPacket whole, int from, int length) {
    int inFirst = Math.max(0, Math.min(length, whole.payloadLength - from));
    if (inFirst == 0) {
      part.payload = whole.wrapped;
      part.payloadOffset = whole.wrappedOffset + (from - whole.payloadLength);
      part.payloadLength = length;
      part.wrappedLength = 0;
    } else {
      part.payload = whole.payload;
      part.payloadOffset = whole.payloadOffset + from;
      part.payloadLength = inFirst;
      part.wrapped = whole.wrapped;
      part.wrappedOffset = whole.wrappedOffset;
      part.wrappedLength = length - inFirst;
    }
  }

  private void completeChecksum(boolean v6, int tcp, int transportBytes) {
    Bytes.put16(header, tcp + 16, 0);
    long sum = v6 ? Checksum.add(0, header, 8, 32) : Checksum.add(0, header, 12, 8);
    sum = Checksum.add32(Checksum.add32(sum, PacketView.TCP), transportBytes);
    sum = Checksum.add(sum, header, tcp, part.headerLength - tcp);
    sum = Checksum.add(sum, part.payload, part.payloadOffset, part.payloadLength);
    if (part.wrappedLength > 0) {
      sum =
          (part.payloadLength & 1) == 0
              ? Checksum.add(sum, part.wrapped, part.wrappedOffset, part.wrappedLength)
              : Checksum.addAtOdd(sum, part.wrapped, part.wrappedOffset, part.wrappedLength);
    }
    Bytes.put16(header, tcp + 16, Checksum.finish(sum));
  }
}
