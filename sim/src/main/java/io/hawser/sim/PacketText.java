package io.hawser.sim;

import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.util.Locale;

/** A packet in one line, for people who look for a fault. */
public final class PacketText {
  private static final String FLAGS = "FSRPAUEC";
  private final PacketView view = new PacketView();

  /** Time, path, direction, fate and the packet itself. */
  public String line(Path path, Direction direction, PacketBuffer packet, Fate fate, long atNs) {
    String way = direction == Direction.A_TO_B ? "-->" : "<--";
    return String.format(
        Locale.ROOT,
        "%.6f %s %s %-10s %s",
        atNs / 1e9,
        path.name(),
        way,
        fate == Fate.OFFERED ? "" : fate,
        text(packet));
  }

  /** The packet alone. */
  public String text(PacketBuffer packet) {
    DropReason reason = view.check(packet.memory(), PacketBuffer.START, packet.length(), false, 0);
    if (reason != DropReason.NONE) {
      return "bad packet of " + packet.length() + " bytes: " + reason;
    }
    if (view.protocol != PacketView.TCP) {
      return view.source() + " > " + view.destination() + " protocol " + view.protocol;
    }
    StringBuilder out = new StringBuilder();
    out.append(new Endpoint(view.source(), view.srcPort)).append(" > ");
    out.append(new Endpoint(view.destination(), view.dstPort)).append(' ');
    for (int i = 0; i < 8; i++) {
      out.append((view.flags >> i & 1) != 0 ? FLAGS.substring(i, i + 1) : "");
    }
    out.append(" seq ").append(Integer.toUnsignedString(view.seq));
    out.append(" len ").append(view.payloadLength);
    if (view.has(PacketView.ACK)) {
      out.append(" ack ").append(Integer.toUnsignedString(view.ack));
    }
    out.append(" win ").append(view.window);
    options(out);
    return out.toString();
  }

  private void options(StringBuilder out) {
    if (view.mss >= 0) {
      out.append(" mss ").append(view.mss);
    }
    if (view.windowScale >= 0) {
      out.append(" wscale ").append(view.windowScale);
    }
    out.append(view.sackPermitted ? " sackOK" : "");
    for (int i = 0; i < view.sackCount; i++) {
      out.append(i == 0 ? " sack " : ",").append(Integer.toUnsignedString(view.sackLeft[i]));
      out.append('-').append(Integer.toUnsignedString(view.sackRight[i]));
    }
    if (view.hasTimestamp) {
      out.append(" ts ").append(Integer.toUnsignedString(view.tsVal));
      out.append('/').append(Integer.toUnsignedString(view.tsEcr));
    }
    if (view.hasDss) {
      out.append(" dss");
      if (view.dataAckBytes > 0) {
        out.append(" dack ").append(Long.toUnsignedString(view.dataAck));
      }
      if (view.dsnBytes > 0) {
        out.append(" dsn ").append(Long.toUnsignedString(view.dsn));
        out.append(" ssn ").append(view.ssn).append(" dlen ").append(view.dataLength);
      }
      out.append(view.hasDataChecksum ? " csum" : "").append(view.dataFin ? " DATA_FIN" : "");
    }
    for (int i = 0; i < view.mptcpCount; i++) {
      out.append(' ').append(view.mptcp(i));
    }
  }
}
