package io.hawser.linux;

import static io.hawser.wire.PacketBuffer.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DeviceException;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One packet socket on an Ethernet pair; what comes out is read at the far end, or by another. */
@NeedsNetworkNamespaces
@Timeout(30)
class PacketSocketDeviceTest {
  private static final IpAddress NEAR = IpAddress.parse("10.83.0.1");
  private static final IpAddress FAR = IpAddress.parse("10.83.0.2");
  private static final int PORT = 61_100;

  private final BufferPool pool = new BufferPool();
  private final PacketMeta meta = new PacketMeta();
  private final Arena arena = Arena.ofShared();
  private PacketBuffer buffer;
  private NetworkNamespace near;
  private NetworkNamespace far;
  private Ip nearIp;
  private Ip farIp;

  @BeforeEach
  void makePair() {
    buffer = pool.large();
    near = NetworkNamespace.anonymous();
    far = NetworkNamespace.anonymous();
    nearIp = new Ip(near);
    farIp = new Ip(far);
    nearIp.veth("hwps0", "hwps1", far);
    nearIp.address("hwps0", NEAR + "/24");
    nearIp.up("hwps0");
    farIp.up("hwps1");
  }

  @AfterEach
  void end() {
    buffer.release();
    near.close();
    far.close();
    pool.close();
    arena.close();
  }

  private PacketSocketDevice open(PacketSocketOptions options) {
    return near.run(() -> PacketSocketDevice.open(options));
  }

  private String tables() {
    return nearIp.command("nft", "list", "tables");
  }

  private void assertRefused(PacketSocketOptions options, String... words) {
    assertThatThrownBy(() -> open(options))
        .isInstanceOf(DeviceException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
    assertThat(tables()).isEmpty();
  }

  /** A segment without options that carries a number. */
  private OutgoingPacket segment(IpAddress to, int number) {
    MemorySegment header = arena.allocate(44);
    Headers.ip(header, NEAR, to, 6, 24, 0, 64, number);
    Headers.tcp(header, 20, 61_200, PORT, number, 0, 20, 0x10, 100, 0);
    Bytes.put32(header, 40, number);
    long sum = Checksum.add(0, header, 12, 8);
    sum = Checksum.add32(Checksum.add32(sum, 6), 24);
    Bytes.put16(header, 36, Checksum.fold(sum));
    OutgoingPacket packet = new OutgoingPacket();
    packet.header = header;
    packet.headerLength = 40;
    packet.payload = header;
    packet.payloadOffset = 40;
    packet.payloadLength = 4;
    packet.transportOffset = 20;
    return packet;
  }

  private List<Integer> numbers(PacketSocketDevice at) {
    List<Integer> all = new ArrayList<>();
    while (at.read(buffer, meta)) {
      all.add(Bytes.i32(buffer.memory(), START + 40));
    }
    return all;
  }

  private void until(PacketSocketDevice device, BooleanSupplier condition) {
    long endNs = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 10 s").isLessThan(endNs);
      device.await(20_000_000);
    }
  }

  private PacketSocketDevice openFar() {
    return far.run(
        () -> PacketSocketDevice.open(PacketSocketOptions.on("hwps1").ports(PortRange.of(PORT))));
  }

  @Test
  void neighbourUnknown_packetsWaitForIt_andGoInOrder() {
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"))) {
      for (int i = 0; i < 5; i++) {
        assertThat(device.emit(segment(FAR, i))).isTrue();
      }
      // Now it is there, and answers the kernel's next question.
      farIp.address("hwps1", FAR + "/24");
      try (PacketSocketDevice other = openFar()) {
        List<Integer> got = new ArrayList<>();
        until(device, () -> got.addAll(numbers(other)) && got.size() >= 5 || got.size() >= 5);
        assertThat(got).containsExactly(0, 1, 2, 3, 4);
        assertThat(device.droppedPackets()).isZero();
        assertThat(device.emit(segment(FAR, 5))).isTrue();
        until(other, () -> got.addAll(numbers(other)) || got.size() > 5);
        assertThat(got).endsWith(5);
      }
    }
  }

  @Test
  void neighbourSilent_waitingIsBounded_andTheReasonIsTold() {
    nearIp.sysctl("net/ipv4/neigh/hwps0/retrans_time_ms", "50");
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"))) {
      for (int i = 0; i < 20; i++) {
        assertThat(device.emit(segment(FAR, i))).isTrue();
      }
      assertThat(device.droppedPackets()).isEqualTo(4);
      assertThat(device.dropReason()).contains("too many packets wait", FAR.toString());
      until(device, () -> !device.read(buffer, meta) && device.droppedPackets() == 20);
      assertThat(device.dropReason()).contains(FAR + " does not answer on hwps0");
    }
  }

  @Test
  void noRoute_isDroppedWithTheReason() {
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"))) {
      assertThat(device.emit(segment(IpAddress.parse("192.0.2.1"), 1))).isTrue();
      // IPv4 takes an interface without a route for a link where everybody is a neighbour.
      assertThat(device.emit(segment(NEAR, 1))).isTrue();
      assertThat(device.droppedPackets()).isEqualTo(1);
      assertThat(device.dropReason()).contains("is this machine itself");
    }
  }

  @Test
  void neighboursAddressChanges_theNextPacketUsesTheNewOne() {
    farIp.address("hwps1", FAR + "/24");
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"));
        PacketSocketDevice other = openFar()) {
      List<Integer> got = new ArrayList<>();
      assertThat(device.emit(segment(FAR, 1))).isTrue();
      until(device, () -> got.addAll(numbers(other)) || !got.isEmpty());
      farIp.command("ip", "link", "set", "hwps1", "address", "02:00:00:00:00:77");
      nearIp.command(
          "ip", "neigh", "replace", FAR.toString(), "lladdr", "02:00:00:00:00:77", "dev", "hwps0");
      device.attend();
      assertThat(device.emit(segment(FAR, 2))).isTrue();
      until(other, () -> got.addAll(numbers(other)) || got.size() > 1);
      assertThat(got).containsExactly(1, 2);
    }
  }

  @Test
  void packetsOfOthers_doNotReachUs() {
    farIp.address("hwps1", FAR + "/24");
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"))) {
      // Pings, ARP, UDP and TCP to other ports pass by; the kernel answers them.
      assertThat(farIp.command("ping", "-c", "2", "-i", "0.01", NEAR.toString()))
          .contains(" 0% packet loss");
      assertThatThrownBy(
              () -> far.run(() -> KernelSocket.open(false, false).connect(new Endpoint(NEAR, 80))))
          .hasMessageContaining("ECONNREFUSED");
      assertThat(device.read(buffer, meta)).isFalse();
    }
  }

  @Test
  void icmpErrorsReachUs_echoesDoNot() {
    farIp.address("hwps1", FAR + "/24");
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"));
        PacketSocketDevice other = openFar()) {
      for (int type : new int[] {8, 3, 11}) {
        MemorySegment header = arena.allocate(28);
        Headers.ip(header, FAR, NEAR, 1, 8, 0, 64, type);
        Bytes.put8(header, 20, type);
        OutgoingPacket packet = new OutgoingPacket();
        packet.header = header;
        packet.headerLength = 28;
        assertThat(other.emit(packet)).isTrue();
      }
      List<Integer> types = new ArrayList<>();
      until(
          device,
          () -> {
            other.attend();
            while (device.read(buffer, meta)) {
              types.add(Bytes.u8(buffer.memory(), START + 20));
            }
            return !types.isEmpty();
          });
      assertThat(types).containsExactly(3);
    }
  }

  @Test
  void interfaceTakenAwayAndMadeAgain_worksAgain() {
    try (PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"))) {
      nearIp.ip("link del dev hwps0");
      assertThat(device.read(buffer, meta)).isFalse();
      assertThat(device.emit(segment(FAR, 1))).isTrue();
      assertThat(device.droppedPackets() + device.refusals()).isLessThanOrEqualTo(1);
      nearIp.veth("hwps0", "hwps1", far);
      nearIp.address("hwps0", NEAR + "/24");
      farIp.address("hwps1", FAR + "/24");
      nearIp.up("hwps0");
      farIp.up("hwps1");
      try (PacketSocketDevice other = openFar()) {
        List<Integer> got = new ArrayList<>();
        until(
            device,
            () -> {
              device.attend();
              assertThat(device.emit(segment(FAR, 2))).isTrue();
              return got.addAll(numbers(other)) || !got.isEmpty();
            });
        assertThat(got).contains(2);
      }
    }
  }

  @Test
  void closed_theKernelAnswersAgain_twiceIsHarmless() {
    PacketSocketDevice device = open(PacketSocketOptions.on("hwps0"));
    assertThat(tables()).contains(device.table());
    device.close();
    device.close();
    device.wakeup();
    assertThat(tables()).isEmpty();
  }

  @Test
  void open_whatCannotBe_isToldWithTheRemedy_andNothingIsLeft() {
    assertRefused(PacketSocketOptions.on("hwnone"), "no interface hwnone", "ip -br link");
    assertRefused(PacketSocketOptions.on("lo"), "lo has no address of its own", "ip addr add");
    nearIp.down("hwps0");
    assertRefused(PacketSocketOptions.on("hwps0"), "hwps0 is down", "ip link set hwps0 up");
    nearIp.up("hwps0");
    assertRefused(
        PacketSocketOptions.on("hwps0").address("10.83.0.9"),
        "does not have the address 10.83.0.9",
        "ip addr add");
    assertRefused(
        PacketSocketOptions.on("hwps0").ports(new PortRange(40_000, 41_000)),
        "the kernel gives ports 32768-60999",
        "ip_local_reserved_ports=40000-41000");
    nearIp.sysctl("net.ipv4.ip_local_reserved_ports", "40000-41000");
    open(PacketSocketOptions.on("hwps0").ports(new PortRange(40_000, 41_000))).close();
    nearIp.ip("tuntap add dev hwps2 mode tun");
    nearIp.up("hwps2");
    assertRefused(PacketSocketOptions.on("hwps2"), "hwps2 is no Ethernet interface");
    nearIp.ip("addr del " + NEAR + "/24 dev hwps0");
    assertRefused(PacketSocketOptions.on("hwps0"), "hwps0 has no address", "ip addr add");
  }

  @Test
  void open_portOfAnotherProgram_isToldWithTheRemedy() {
    try (KernelSocket listener =
        near.run(() -> KernelSocket.open(false, false).bind(new Endpoint(NEAR, PORT)).listen(1))) {
      assertThat(listener.local().port()).isEqualTo(PORT);
      assertRefused(
          PacketSocketOptions.on("hwps0").ports(PortRange.of(PORT)),
          "a program listens on port " + PORT,
          "ss -ltnp");
    }
  }

  @Test
  void open_portsOfAnotherStack_isToldWithTheRemedy() {
    nearIp.address("hwps0", "fd83::1/64");
    PacketSocketOptions some = PacketSocketOptions.on("hwps0");
    try (PacketSocketDevice first = open(some)) {
      PacketSocketOptions overlapping =
          some.address("fd83::1").ports(new PortRange(65_000, 65_100));
      assertThatThrownBy(() -> open(overlapping))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("another Hawser has ports 61000-65535 of fd83::1");
      assertThat(tables()).contains(first.table());
      open(some.ports(PortRange.of(7_000))).close();
      nearIp.address("hwps0", "fd83::3/64");
      open(new PacketSocketOptions("hwps0", List.of(IpAddress.parse("fd83::3")), some.ports()))
          .close();
    }
    open(some).close();
  }

  @Test
  void group_sameAddressTwice_isToldWithTheRemedy() {
    PacketSocketOptions one = PacketSocketOptions.on("hwps0");
    assertThatThrownBy(() -> near.run(() -> PacketSocketGroup.open(List.of(one, one))))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("the address chooses the interface");
    PacketSocketOptions other = one.ports(PortRange.of(PORT));
    assertThatThrownBy(() -> near.run(() -> PacketSocketGroup.open(List.of(one, other))))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("need the same ports");
    assertThat(tables()).isEmpty();
  }
}
