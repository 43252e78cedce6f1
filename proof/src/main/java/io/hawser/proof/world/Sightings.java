package io.hawser.proof.world;

import io.hawser.sim.Direction;
import io.hawser.sim.Fate;
import io.hawser.sim.PacketTrace;
import io.hawser.sim.Path;
import io.hawser.wire.Bytes;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Notes what the packets of a world show: closed windows, timeouts, MP_FAIL, fast closes. */
final class Sightings implements PacketTrace {
  private static final long LEAST_TIMEOUT_NS = 190_000_000;
  private static final int MPTCP = 30;
  private static final int MP_FAIL = 6;
  private static final int MP_FASTCLOSE = 7;

  private final EventCounts counts;

  /** When a segment was last sent, by ports and sequence number; only looked up. */
  private final Map<Long, Long> sentAtNs = new HashMap<>();

  /** The last SYN's sequence number, by ports; only looked up. */
  private final Map<Integer, Integer> synSeq = new HashMap<>();

  Sightings(EventCounts counts) {
    this.counts = counts;
  }

  @Override
  public void saw(Path path, Direction direction, PacketBuffer packet, Fate fate, long atNs) {
    if (fate != Fate.OFFERED) {
      return;
    }
    MemorySegment m = packet.memory();
    int ip = PacketBuffer.START;
    boolean v6 = Bytes.u8(m, ip) >> 4 == 6;
    int tcp = ip + (v6 ? 40 : 20);
    if (Bytes.u8(m, ip + (v6 ? 6 : 9)) != PacketView.TCP) {
      return;
    }
    int flags = Bytes.u8(m, tcp + 13);
    int data = tcp + (Bytes.u8(m, tcp + 12) >> 4) * 4;
    if ((flags & PacketView.RST) == 0 && Bytes.u16(m, tcp + 14) == 0) {
      counts.happened("zero window");
    }
    if (ip + packet.length() > data || (flags & PacketView.SYN) != 0) {
      long key = (long) Bytes.i32(m, tcp) << 32 | Bytes.i32(m, tcp + 4) & 0xffff_ffffL;
      Long before = sentAtNs.put(key, atNs);
      if (before != null && atNs - before > LEAST_TIMEOUT_NS) {
        counts.happened("sent again after a timeout");
      }
    }
    if ((flags & PacketView.SYN) != 0) {
      opening(m, tcp, flags, ip + packet.length() - data);
    }
    options(m, tcp + 20, data);
  }

  /** Fast Open: what SYNs carry, and whether it is taken. */
  private void opening(MemorySegment m, int tcp, int flags, int bytes) {
    int ports = Bytes.i32(m, tcp);
    if ((flags & PacketView.ACK) == 0) {
      synSeq.put(ports, Bytes.i32(m, tcp + 4));
      if (bytes > 0) {
        counts.happened("data in a SYN");
      }
      return;
    }
    Integer seq = synSeq.get(Integer.rotateLeft(ports, 16));
    if (seq != null && Bytes.i32(m, tcp + 8) - seq > 1) {
      counts.happened("data of a SYN taken");
    }
  }

  private void options(MemorySegment m, int from, int end) {
    int at = from;
    while (at + 2 < end) {
      int kind = Bytes.u8(m, at);
      if (kind == 0) {
        return;
      }
      int length = kind == 1 ? 1 : Bytes.u8(m, at + 1);
      if (kind != 1 && length < 2) {
        return;
      }
      if (kind == MPTCP) {
        int subtype = Bytes.u8(m, at + 2) >> 4;
        if (subtype == MP_FAIL) {
          counts.happened("MP_FAIL");
        } else if (subtype == MP_FASTCLOSE) {
          counts.happened("fast close");
        }
      }
      at += length;
    }
  }
}
