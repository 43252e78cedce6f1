package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A classic BPF program for frames of an Ethernet interface: it lets through TCP to our ports, and
 * ICMP errors, at our addresses. Frames that leave, that are meant for other stations or that carry
 * a VLAN tag are not ours.
 */
final class PacketFilter {
  static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int INSTRUCTION_BYTES = 8;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_HALF_INDEXED = 0x48;
  private static final int LOAD_BYTE_INDEXED = 0x50;
  private static final int LOAD_INDEX_IP_HEADER = 0xb1;
  private static final int JUMP = 0x05;
  private static final int IF_EQUAL = 0x15;
  private static final int IF_MORE = 0x25;
  private static final int IF_AT_LEAST = 0x35;
  private static final int IF_BITS = 0x45;
  private static final int RETURN = 0x06;

  private static final int EXTRA = 0xffff_f000;
  private static final int PACKET_TYPE = EXTRA + 4;
  private static final int VLAN_TAG_PRESENT = EXTRA + 48;

  private static final int IP = 14;
  private static final int WHOLE = 0x40000;

  /** Where a jump goes; known when {@link #here} is called. */
  private static final class Label {
    int at = -1;
  }

  private record Instruction(int code, int ifTrue, int ifFalse, int value, Label target) {}

  private static final Label NOWHERE = new Label();

  private final List<Instruction> program = new ArrayList<>();
  private final Label accept = new Label();
  private final Label drop = new Label();

  private PacketFilter() {}

  /** The program for these addresses and ports. */
  static PacketFilter of(List<IpAddress> addresses, List<PortRange> ports) {
    PacketFilter filter = new PacketFilter();
    filter.write(addresses, ports);
    return filter;
  }

  private void write(List<IpAddress> addresses, List<PortRange> ports) {
    Label v4 = new Label();
    Label v6 = new Label();
    Label portKnown = new Label();
    load(LOAD_WORD, PACKET_TYPE);
    unlessEqual(0, drop);
    load(LOAD_WORD, VLAN_TAG_PRESENT);
    unlessEqual(0, drop);
    load(LOAD_HALF, 12);
    whenEqual(0x0800, v4);
    whenEqual(0x86dd, v6);
    jump(drop);

    here(v4);
    Label ours4 = new Label();
    load(LOAD_WORD, IP + 16);
    for (IpAddress address : addresses) {
      if (!address.v6()) {
        whenEqual(address.bits4(), ours4);
      }
    }
    jump(drop);
    here(ours4);
    Label icmp4 = new Label();
    load(LOAD_BYTE, IP + 9);
    whenEqual(1, icmp4);
    unlessEqual(6, drop);
    load(LOAD_HALF, IP + 6);
    // A later fragment has no ports.
    when(IF_BITS, 0x1fff, drop);
    load(LOAD_INDEX_IP_HEADER, IP);
    load(LOAD_HALF_INDEXED, IP + 2);
    jump(portKnown);
    here(icmp4);
    load(LOAD_INDEX_IP_HEADER, IP);
    load(LOAD_BYTE_INDEXED, IP);
    whenEqual(3, accept);
    jump(drop);

    here(v6);
    Label ours6 = new Label();
    for (IpAddress address : addresses) {
      if (address.v6()) {
        Label other = new Label();
        long[] halves = {address.high(), address.low()};
        for (int word = 0; word < 4; word++) {
          load(LOAD_WORD, IP + 24 + 4 * word);
          unlessEqual((int) (halves[word / 2] >>> (word % 2 == 0 ? 32 : 0)), other);
        }
        jump(ours6);
        here(other);
      }
    }
    jump(drop);
    here(ours6);
    Label icmp6 = new Label();
    load(LOAD_BYTE, IP + 6);
    whenEqual(58, icmp6);
    unlessEqual(6, drop);
    load(LOAD_HALF, IP + 42);
    jump(portKnown);
    here(icmp6);
    load(LOAD_BYTE, IP + 40);
    whenEqual(1, accept);
    whenEqual(2, accept);
    jump(drop);

    here(portKnown);
    for (PortRange range : ports) {
      Label next = new Label();
      unless(IF_AT_LEAST, range.first(), next);
      unless(IF_MORE, range.last(), accept);
      here(next);
    }
    here(drop);
    load(RETURN, 0);
    here(accept);
    load(RETURN, WHOLE);
  }

  private void load(int code, int value) {
    program.add(new Instruction(code, 0, 0, value, NOWHERE));
  }

  private void here(Label label) {
    label.at = program.size();
  }

  /** Far jumps are instructions of their own: a condition reaches 255 instructions only. */
  private void jump(Label to) {
    program.add(new Instruction(JUMP, 0, 0, 0, to));
  }

  private void when(int condition, int value, Label to) {
    program.add(new Instruction(condition, 0, 1, value, NOWHERE));
    jump(to);
  }

  private void unless(int condition, int value, Label to) {
    program.add(new Instruction(condition, 1, 0, value, NOWHERE));
    jump(to);
  }

  private void whenEqual(int value, Label to) {
    when(IF_EQUAL, value, to);
  }

  private void unlessEqual(int value, Label to) {
    unless(IF_EQUAL, value, to);
  }

  /** Attaches it to a socket; 0 or {@code -errno}. */
  int attach(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate((long) program.size() * INSTRUCTION_BYTES, 8);
      for (int i = 0; i < program.size(); i++) {
        Instruction one = program.get(i);
        long at = (long) i * INSTRUCTION_BYTES;
        int value = one.target == NOWHERE ? one.value : one.target.at - i - 1;
        code.set(JAVA_SHORT, at, (short) one.code);
        code.set(JAVA_BYTE, at + 2, (byte) one.ifTrue);
        code.set(JAVA_BYTE, at + 3, (byte) one.ifFalse);
        code.set(JAVA_INT, at + 4, value);
      }
      MemorySegment header = arena.allocate(16, 8);
      header.set(JAVA_SHORT, 0, (short) program.size());
      header.set(JAVA_LONG, 8, code.address());
      return SocketCalls.setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, header);
    }
  }
}
