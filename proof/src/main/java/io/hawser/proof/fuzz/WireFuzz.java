package io.hawser.proof.fuzz;

import io.hawser.proof.ProofException;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpCodec;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Decoders: any bytes give a reason or a view that stays within the packet. */
public final class WireFuzz {
  private static final IpAddress FROM4 = IpAddress.parse("10.0.0.1");
  private static final IpAddress TO4 = IpAddress.parse("10.0.0.2");
  private static final IpAddress FROM6 = IpAddress.parse("2001:db8::1");
  private static final IpAddress TO6 = IpAddress.parse("2001:db8::2");

  private WireFuzz() {}

  /** One input of Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    switch (in.u8() % 6) {
      case 0 -> packet(in.bytes(in.left()), false);
      case 1 -> packet(in.bytes(in.left()), true);
      case 2 -> options(in, false);
      case 3 -> options(in, true);
      case 4 -> option(in.bytes(Math.min(40, in.left())));
      default -> text(new String(in.bytes(in.left()), StandardCharsets.ISO_8859_1));
    }
  }

  /** Heap memory of exactly the packet's size: reading one byte beyond it throws. */
  private static void packet(byte[] bytes, boolean trusted) {
    PacketView v = new PacketView();
    DropReason reason =
        v.check(MemorySegment.ofArray(bytes), 0, bytes.length, trusted, trusted ? 500 : 0);
    if (reason == DropReason.NONE) {
      within(v, bytes.length);
    }
  }

  /** A good header around any options, so that a fuzzer need not find one. */
  private static void options(Input in, boolean v6) {
    int flags = in.u8();
    byte[] options = in.bytes(4 * (in.u8() % 11));
    byte[] payload = in.bytes(in.left());
    int header = 20 + (options.length + 3 & ~3);
    int ip = Headers.ipBytes(v6);
    byte[] bytes = new byte[ip + header + payload.length];
    MemorySegment m = MemorySegment.ofArray(bytes);
    Headers.ip(m, v6 ? FROM6 : FROM4, v6 ? TO6 : TO4, PacketView.TCP, bytes.length - ip, 0, 64, 7);
    Headers.tcp(m, ip, 1, 2, 3, 4, header, flags, 500, 0);
    MemorySegment.copy(options, 0, m, ValueLayout.JAVA_BYTE, ip + 20L, options.length);
    MemorySegment.copy(payload, 0, m, ValueLayout.JAVA_BYTE, ip + (long) header, payload.length);
    packet(bytes, true);
  }

  private static void within(PacketView v, int length) {
    check(v.ipOffset >= 0 && v.ipOffset + v.ipLength <= length, "IP outside the packet");
    check(v.transportOffset + v.transportLength <= length, "transport outside the packet");
    String _ = new Endpoint(v.source(), 1).toString();
    String _ = new Endpoint(v.destination(), 1).toString();
    check(v.payloadLength >= 0 && v.payloadOffset + v.payloadLength <= length, "payload outside");
    if (v.protocol != PacketView.TCP) {
      return;
    }
    check(v.sackCount >= 0 && v.sackCount <= 4, "SACK blocks: " + v.sackCount);
    check(v.fastOpenOffset < 0 || v.fastOpenOffset + v.fastOpenLength <= length, "cookie outside");
    for (int i = 0; i < v.mptcpCount; i++) {
      again(v.mptcp(i));
    }
  }

  private static void option(byte[] bytes) {
    if (bytes.length >= 2) {
      bytes[0] = MptcpCodec.KIND;
      bytes[1] = (byte) bytes.length;
      again(MptcpCodec.decode(MemorySegment.ofArray(bytes), 0, bytes.length));
    }
  }

  /** What was decoded is encoded to something that decodes and encodes to the same. */
  private static void again(MptcpOption option) {
    int length = MptcpCodec.length(option);
    check(length >= 2 && length <= 40, "length of " + option + ": " + length);
    byte[] once = new byte[length];
    check(MptcpCodec.encode(option, MemorySegment.ofArray(once), 0) == length, "encoded " + option);
    MptcpOption second = MptcpCodec.decode(MemorySegment.ofArray(once), 0, length);
    byte[] twice = new byte[length];
    check(second.getClass() == option.getClass(), option + " became " + second);
    check(MptcpCodec.length(second) == length, option + " became " + second);
    MptcpCodec.encode(second, MemorySegment.ofArray(twice), 0);
    check(java.util.Arrays.equals(once, twice), option + " became " + second);
  }

  private static void text(String text) {
    try {
      IpAddress address = IpAddress.parse(text);
      check(IpAddress.parse(address.toString()).equals(address), text + " became " + address);
    } catch (IllegalArgumentException refused) {
      check(refused.getMessage() != null, "refused without a reason: " + text);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new ProofException(what);
    }
  }
}
