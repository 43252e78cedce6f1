package io.hawser.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders packets in the notation of the captures' .txt files. */
final class CaptureText {
  private static final HexFormat HEX = HexFormat.of();
  private final Map<String, Integer> isns = new HashMap<>();

  /** The line of a packet from the addresses on, without the payload's text. */
  String line(PacketView v) {
    String from = new Endpoint(v.source(), v.srcPort).toString();
    String to = new Endpoint(v.destination(), v.dstPort).toString();
    String flow = from + to;
    if (v.has(PacketView.SYN)) {
      isns.put(flow, v.seq);
    }
    StringBuilder out = new StringBuilder();
    out.append(from).append(" > ").append(to).append(' ');
    out.append(String.format("%-3s seq %s", flags(v), relative(flow, v.seq)));
    if (v.has(PacketView.SYN)) {
      out.append("(abs ").append(Integer.toUnsignedString(v.seq)).append(')');
    }
    if (v.has(PacketView.ACK)) {
      out.append(" ack ").append(relative(to + from, v.ack));
    }
    out.append(" win ").append(v.window).append(" len ").append(v.payloadLength);
    Integer acked = isns.get(to + from);
    List<String> options = options(v, acked == null ? 0 : acked);
    return options.isEmpty() ? out.toString() : out + " {" + String.join("; ", options) + "}";
  }

  private String relative(String flow, int number) {
    Integer isn = isns.get(flow);
    return Integer.toUnsignedString(isn == null ? number : number - isn);
  }

  private static String flags(PacketView v) {
    String out = v.has(PacketView.SYN) ? "S" : "";
    out += v.has(PacketView.FIN) ? "F" : "";
    out += v.has(PacketView.RST) ? "R" : "";
    out += v.has(PacketView.PSH) ? "P" : "";
    return out + (v.has(PacketView.ACK) ? "." : "");
  }

  /** TCP options in the order of the packet; NOP and EOL are not shown. */
  static List<String> options(PacketView v, int acked) {
    List<String> out = new ArrayList<>();
    int i = v.transportOffset + 20;
    while (i < v.payloadOffset) {
      int kind = Bytes.u8(v.memory, i);
      if (kind == TcpOptions.EOL) {
        break;
      }
      if (kind == TcpOptions.NOP) {
        i++;
        continue;
      }
      int length = Bytes.u8(v.memory, i + 1);
      out.add(option(v, kind, i, length, acked));
      i += length;
    }
    return out;
  }

  private static String option(PacketView v, int kind, int at, int length, int acked) {
    return switch (kind) {
      case 2 -> "MSS " + v.mss;
      case 3 -> "WS " + v.windowScale;
      case 4 -> "SACKOK";
      case 5 -> "SACK " + sack(v, acked);
      case 8 -> "TS " + Integer.toUnsignedString(v.tsVal) + "/" + Integer.toUnsignedString(v.tsEcr);
      case 34 -> "TFO " + hex(v, at + 2, length - 2);
      case MptcpCodec.KIND -> mptcp(MptcpCodec.decode(v.memory, at, length), length);
      default -> "opt" + kind;
    };
  }

  private static String sack(PacketView v, int acked) {
    String out = "";
    for (int i = 0; i < v.sackCount; i++) {
      out += (i == 0 ? "" : ",");
      out += Integer.toUnsignedString(v.sackLeft[i] - acked) + "-";
      out += Integer.toUnsignedString(v.sackRight[i] - acked);
    }
    return out;
  }

  private static String hex(PacketView v, int at, int length) {
    return HEX.formatHex(
        v.memory.asSlice(at, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
  }

  private static String x64(long value) {
    return HEX.toHexDigits(value);
  }

  static String mptcp(MptcpOption option, int length) {
    return "<" + body(option) + " (len " + length + ")>";
  }

  private static String body(MptcpOption option) {
    return switch (option) {
      case MptcpOption.MpCapable c ->
          "MP_CAPABLE v"
              + c.version()
              + " flags=["
              + bits(c.flags(), "ABCDEFGH")
              + "]"
              + (c.keys() > 0 ? " sender_key=" + x64(c.senderKey()) : "")
              + (c.keys() > 1 ? " receiver_key=" + x64(c.receiverKey()) : "")
              + (c.dataLength() < 0 ? "" : " dlen=" + c.dataLength())
              + (c.checksum() < 0 ? "" : String.format(" csum=%04x", c.checksum()));
      case MptcpOption.MpJoinSyn j ->
          String.format(
              "MP_JOIN phase=SYN B=%d addr_id=%d token=%08x nonce=%08x",
              j.backup() ? 1 : 0, j.addressId(), j.token(), j.nonce());
      case MptcpOption.MpJoinSynAck j ->
          String.format(
              "MP_JOIN phase=SYN/ACK B=%d addr_id=%d hmac64=%016x nonce=%08x",
              j.backup() ? 1 : 0, j.addressId(), j.hmac(), j.nonce());
      case MptcpOption.MpJoinAck j -> "MP_JOIN phase=ACK hmac160=" + HEX.formatHex(j.hmac());
      case MptcpOption.Dss d -> dss(d);
      case MptcpOption.AddAddr a ->
          "ADD_ADDR E="
              + (a.echo() ? 1 : 0)
              + " addr_id="
              + a.addressId()
              + " addr="
              + a.address()
              + (a.port() == 0 ? "" : " port=" + a.port())
              + (a.echo() ? "" : " hmac64=" + x64(a.hmac()));
      case MptcpOption.RemoveAddr r ->
          "REMOVE_ADDR ids=["
              + java.util.Arrays.stream(r.addressIds())
                  .mapToObj(String::valueOf)
                  .collect(Collectors.joining(", "))
              + "]";
      case MptcpOption.MpPrio p -> "MP_PRIO B=" + (p.backup() ? 1 : 0);
      case MptcpOption.MpFail f -> "MP_FAIL dsn=" + Long.toUnsignedString(f.dsn());
      case MptcpOption.MpFastclose f -> "MP_FASTCLOSE receiver_key=" + x64(f.receiverKey());
      case MptcpOption.MpTcprst r ->
          "MP_TCPRST fl=" + bits(r.flags() << 4, "UVWT") + " reason=" + r.reason();
      case MptcpOption.Unknown u -> unknown(u.bytes());
    };
  }

  private static String unknown(byte[] b) {
    int subtype = (b[2] & 0xff) >> 4;
    if (subtype == 5 && b.length == 4) {
      // The form of RFC 6824, which v1 does not have.
      return "MP_PRIO B=" + (b[2] & 1) + " addr_id=" + b[3];
    }
    return "SUBTYPE_" + Integer.toHexString(subtype);
  }

  private static String dss(MptcpOption.Dss d) {
    String flags = d.dataFin() ? "F" : "";
    flags += d.dsnBytes() == 8 ? "m" : "";
    flags += d.dsnBytes() > 0 ? "M" : "";
    flags += d.dataAckBytes() == 8 ? "a" : "";
    flags += d.dataAckBytes() > 0 ? "A" : "";
    String out = "DSS [" + flags + "]";
    if (d.dataAckBytes() > 0) {
      out += " dack" + d.dataAckBytes() + "=" + Long.toUnsignedString(d.dataAck());
    }
    if (d.dsnBytes() > 0) {
      out += " dsn" + d.dsnBytes() + "=" + Long.toUnsignedString(d.dsn());
      out += " ssn=" + Integer.toUnsignedString(d.ssn()) + " dlen=" + d.dataLength();
    }
    return out + (d.checksum() < 0 ? "" : String.format(" csum=%04x", d.checksum()));
  }

  private static String bits(int flags, String letters) {
    String out = "";
    for (int i = 0; i < letters.length(); i++) {
      out += (flags & 0x80 >> i) != 0 ? letters.charAt(i) : "";
    }
    return out;
  }
}
