package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DeviceException;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TUN devices against the kernel of a namespace of the test's own. */
@NeedsNetworkNamespaces
@Timeout(30)
class TunDeviceTest {
  private static final String NAME = "hwtun0";
  private static final long WAIT_NS = Duration.ofSeconds(5).toNanos();
  private static final int START = PacketBuffer.START;

  private final BufferPool pool = new BufferPool();
  private final PacketBuffer buffer = pool.large();
  private final PacketMeta meta = new PacketMeta();
  private NetworkNamespace namespace;
  private Ip ip;

  @BeforeEach
  void makeNamespace() {
    namespace = NetworkNamespace.anonymous();
    ip = new Ip(namespace);
  }

  @AfterEach
  void endNamespace() {
    namespace.close();
    buffer.release();
    pool.close();
  }

  private TunDevice open(TunOptions options) {
    return namespace.run(() -> TunDevice.open(NAME, options));
  }

  /** A device that is up, with an address on the kernel's side. */
  private TunDevice openUp(TunOptions options) {
    TunDevice device = open(options);
    ip.address(NAME, "10.66.0.1/24");
    ip.address(NAME, "fd66::1/64");
    ip.up(NAME);
    return device;
  }

  /** Reads until a packet of this IP protocol comes. */
  private boolean readNext(TunDevice device, int protocol) {
    long end = System.nanoTime() + WAIT_NS;
    while (System.nanoTime() < end) {
      while (device.read(buffer, meta)) {
        MemorySegment memory = buffer.memory();
        int found =
            Bytes.u8(memory, START) >> 4 == 4
                ? Bytes.u8(memory, START + 9)
                : Bytes.u8(memory, START + 6);
        if (found == protocol) {
          return true;
        }
      }
      device.await(WAIT_NS);
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void echoRequest_gatheredFromThreePieces_kernelAnswers(boolean vnet) {
    TunOptions options = vnet ? TunOptions.create() : TunOptions.create().plain();
    try (TunDevice device = openUp(options);
        Arena arena = Arena.ofConfined()) {
      OutgoingPacket request = echoRequest(arena);
      assertThat(device.emit(request)).isTrue();
      assertThat(readNext(device, 1)).isTrue();
      MemorySegment answer = buffer.memory();
      assertThat(buffer.length()).isEqualTo(request.totalLength());
      assertThat(Bytes.u8(answer, START + 20)).isZero();
      assertThat(Bytes.i32(answer, START + 16)).isEqualTo(0x0a420002);
      for (int i = 28; i < buffer.length(); i++) {
        assertThat(Bytes.u8(answer, START + i)).isEqualTo(i);
      }
      assertThat(device.droppedPackets()).isZero();
    }
  }

  /** The two threads of an emulated link: neither takes the other's error for its own. */
  @Test
  void oneThreadReadsWhileAnotherEmitsInVain_readerHearsNothing() throws Exception {
    try (TunDevice device = open(TunOptions.create().plain());
        Arena arena = Arena.ofShared()) {
      // The interface is down: every emission fails with EIO.
      OutgoingPacket packet = echoRequest(arena);
      AtomicBoolean over = new AtomicBoolean();
      Thread emitter =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get()) {
                  device.emit(packet);
                }
              });
      try {
        for (int i = 0; i < 200_000 || device.droppedPackets() < 1_000; i++) {
          assertThat(device.read(buffer, meta)).isFalse();
        }
      } finally {
        over.set(true);
        emitter.join();
      }
    }
  }

  @Test
  void kernelThread_takesInWhatIsWrittenAndEndsWithTheDevice() {
    try (TunDevice device = openUp(TunOptions.create().plain().withKernelThread());
        Arena arena = Arena.ofConfined()) {
      assertThat(kernelThreads()).isNotBlank();
      assertThat(device.emit(echoRequest(arena))).isTrue();
      assertThat(readNext(device, 1)).isTrue();
      assertThat(buffer.length()).isEqualTo(60);
    }
    assertThat(kernelThreads()).isBlank();
  }

  @Test
  void kernelThread_deviceOfAnother_isLeftAlone() {
    ip.command("ip", "tuntap", "add", "dev", NAME, "mode", "tun");
    try (TunDevice device = open(TunOptions.attach().plain().withKernelThread())) {
      assertThat(device.name()).isEqualTo(NAME);
      assertThat(kernelThreads()).isBlank();
    }
  }

  private String kernelThreads() {
    return namespace.exec("sh", "-c", "grep -lsx napi/" + NAME + "-0 /proc/[0-9]*/comm || true");
  }

  /** From 10.66.0.2 to 10.66.0.1 with 32 bytes, each byte's value its place in the packet. */
  private static OutgoingPacket echoRequest(Arena arena) {
    MemorySegment packet = arena.allocate(60, 8);
    for (int i = 28; i < 60; i++) {
      Bytes.put8(packet, i, i);
    }
    Bytes.put16(packet, 0, 0x4500);
    Bytes.put16(packet, 2, 60);
    Bytes.put16(packet, 8, 0x4001);
    Bytes.put32(packet, 12, 0x0a420002);
    Bytes.put32(packet, 16, 0x0a420001);
    Bytes.put16(packet, 10, Checksum.finish(Checksum.add(0, packet, 0, 20)));
    Bytes.put16(packet, 20, 0x0800);
    Bytes.put16(packet, 22, Checksum.finish(Checksum.add(0, packet, 20, 40)));
    OutgoingPacket out = new OutgoingPacket();
    out.header = packet;
    out.headerLength = 28;
    out.payload = packet;
    out.payloadOffset = 28;
    out.payloadLength = 7;
    out.wrapped = packet;
    out.wrappedOffset = 35;
    out.wrappedLength = 25;
    return out;
  }

  @Test
  void kernelConnects_withVnetHeader_checksumIsTrusted() {
    try (TunDevice device = openUp(TunOptions.create())) {
      KernelSocket socket = namespace.run(() -> KernelSocket.open(false, false));
      Thread connecting = connectInBackground(socket, "10.66.0.2");
      assertThat(readNext(device, 6)).isTrue();
      assertThat(meta.checksumTrusted).isTrue();
      assertThat(meta.segmentBytes).isZero();
      socket.close();
      join(connecting);
    }
  }

  @Test
  void kernelConnects_plain_checksumIsNotTrusted() {
    try (TunDevice device = openUp(TunOptions.create().plain())) {
      assertThat(device.superSegmentBytes()).isZero();
      KernelSocket socket = namespace.run(() -> KernelSocket.open(true, false));
      Thread connecting = connectInBackground(socket, "fd66::2");
      assertThat(readNext(device, 6)).isTrue();
      assertThat(meta.checksumTrusted).isFalse();
      socket.close();
      join(connecting);
    }
  }

  private static Thread connectInBackground(KernelSocket socket, String address) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            socket.connect(new Endpoint(IpAddress.parse(address), 80));
          } catch (java.io.IOException e) {
            // closed by the test
          }
        });
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void superSegments_bothWays_passUncutBetweenTwoDevices() throws Exception {
    // Kernel A -> TUN -> we -> TUN -> kernel B: whatever A sends as one piece reaches B as one.
    try (NetworkNamespace other = NetworkNamespace.anonymous();
        TunDevice a = openUp(TunOptions.create());
        TunDevice b = other.run(() -> TunDevice.open("hwtun1", TunOptions.create()))) {
      Ip otherIp = new Ip(other);
      otherIp.address("hwtun1", "10.66.0.2/24");
      otherIp.address("hwtun1", "fd66::2/64");
      otherIp.up("hwtun1");
      for (String address : new String[] {"10.66.0.2", "fd66::2"}) {
        transferThrough(a, b, other, IpAddress.parse(address));
      }
      assertThat(a.droppedPackets() + b.droppedPackets()).isZero();
    }
  }

  private void transferThrough(TunDevice a, TunDevice b, NetworkNamespace other, IpAddress to)
      throws Exception {
    byte[] data = new byte[1_000_000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 + (i >> 8));
    }
    byte[] got = new byte[data.length];
    try (KernelSocket listener = other.run(() -> KernelSocket.open(to.v6(), false));
        KernelSocket client = namespace.run(() -> KernelSocket.open(to.v6(), false))) {
      listener.bind(new Endpoint(to, 7777)).listen(1);
      Thread sending =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  client.connect(new Endpoint(to, 7777));
                  client.write(data, 0, data.length);
                  client.shutdownOutput();
                } catch (java.io.IOException e) {
                  throw new AssertionError(e);
                }
              });
      CountDownLatch received = new CountDownLatch(1);
      Thread receiving =
          Thread.ofPlatform()
              .start(() -> {
                try (KernelSocket accepted = listener.accept()) {
                  int at = 0;
                  int count;
                  while ((count = accepted.read(got, at, got.length - at)) > 0) {
                    at += count;
                  }
                } catch (java.io.IOException e) {
                  throw new AssertionError(e);
                } finally {
                  received.countDown();
                  a.wakeup();
                }
              });
      int largest = relayUntil(received, a, b);
      sending.join();
      receiving.join();
      assertThat(got).isEqualTo(data);
      assertThat(largest).isGreaterThan(10_000);
    }
  }

  private int relayUntil(CountDownLatch done, TunDevice a, TunDevice b) {
    int largest = 0;
    while (done.getCount() > 0) {
      largest = Math.max(largest, relay(a, b));
      largest = Math.max(largest, relay(b, a));
      a.await(200_000);
    }
    return largest;
  }

  private int relay(TunDevice from, TunDevice to) {
    int largest = 0;
    OutgoingPacket out = new OutgoingPacket();
    while (from.read(buffer, meta)) {
      MemorySegment packet = buffer.memory().asSlice(START, buffer.length());
      boolean v6 = Bytes.u8(packet, 0) >> 4 == 6;
      int ipBytes = v6 ? 40 : (Bytes.u8(packet, 0) & 15) * 4;
      boolean tcp = Bytes.u8(packet, v6 ? 6 : 9) == 6;
      // The kernel completes the checksums of some answers (TIME-WAIT, RST) itself.
      boolean undone = tcp && meta.checksumTrusted;
      int tcpBytes = undone ? (Bytes.u8(packet, ipBytes + 12) >> 4) * 4 : 0;
      out.header = packet;
      out.headerLength = undone ? ipBytes + tcpBytes : buffer.length();
      out.payload = packet;
      out.payloadOffset = out.headerLength;
      out.payloadLength = buffer.length() - out.headerLength;
      out.transportOffset = undone ? ipBytes : 0;
      out.segmentBytes = meta.segmentBytes;
      largest = Math.max(largest, out.payloadLength);
      assertThat(to.emit(out)).isTrue();
    }
    return largest;
  }

  @Test
  void await_wakeupBefore_returnsAtOnce() {
    try (TunDevice device = open(TunOptions.create())) {
      device.wakeup();
      device.wakeup();
      device.await(-1);
    }
  }

  @Test
  void await_wakeupFromAnotherThread_returns() {
    try (TunDevice device = open(TunOptions.create())) {
      for (int i = 0; i < 100; i++) {
        Thread waker = Thread.ofPlatform().start(device::wakeup);
        device.await(-1);
        join(waker);
        device.await(0);
      }
    }
  }

  @Test
  void await_nothingComes_takesTheTimeGiven() {
    try (TunDevice device = open(TunOptions.create())) {
      device.await(1);
      long before = System.nanoTime();
      device.await(2_000_000);
      assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(2_000_000);
    }
  }

  @Test
  void emit_interfaceDown_countsADropAndGoesOn() {
    try (TunDevice device = open(TunOptions.create());
        Arena arena = Arena.ofConfined()) {
      OutgoingPacket out = new OutgoingPacket();
      out.header = arena.allocate(28);
      out.header.set(JAVA_BYTE, 0, (byte) 0x45);
      out.headerLength = 28;
      assertThat(device.emit(out)).isTrue();
      assertThat(device.droppedPackets()).isEqualTo(1);
      assertThat(device.dropErrno()).isEqualTo(Errno.EIO);
    }
  }

  @Test
  void read_deviceDeleted_saysSo() {
    try (TunDevice device = openUp(TunOptions.create())) {
      ip.ip("link del dev " + NAME);
      assertThatThrownBy(() -> device.read(buffer, meta))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("deleted");
    }
  }

  @Test
  void open_madeByUs_hasALongQueueAndTheMtuIsSeenWhenItChanges() {
    try (TunDevice device = open(TunOptions.create())) {
      assertThat(device.mtuBytes()).isEqualTo(1500);
      ip.ip("link set " + NAME + " mtu 1400");
      assertThat(device.mtuBytes()).isEqualTo(1400);
      assertThat(ip.ip("link show dev " + NAME)).contains("qlen 10000");
    }
  }

  @Test
  void attach_noSuchDevice_namesTheRemedy() {
    assertThatThrownBy(() -> open(TunOptions.attach()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("ENODEV")
        .hasMessageContaining("ip tuntap add");
  }

  @Test
  void attach_heldByAnother_saysBusy() {
    ip.ip("tuntap add dev " + NAME + " mode tun");
    try (TunDevice first = open(TunOptions.attach())) {
      assertThat(first.name()).isEqualTo(NAME);
      assertThatThrownBy(() -> open(TunOptions.attach()))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("EBUSY")
          .hasMessageContaining("another process");
    }
    open(TunOptions.attach().plain()).close();
  }

  @Test
  void attach_madeWithMultiQueue_works() {
    ip.ip("tuntap add dev " + NAME + " mode tun multi_queue");
    open(TunOptions.attach()).close();
  }

  @Test
  void attach_notATun_saysSo() {
    ip.ip("tuntap add dev " + NAME + " mode tap");
    assertThatThrownBy(() -> open(TunOptions.attach()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("not a TUN device");
  }

  @Test
  void create_existsAlready_saysSo() {
    ip.ip("tuntap add dev " + NAME + " mode tun");
    assertThatThrownBy(() -> open(TunOptions.create()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("EEXIST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sixteen-bytes-xx", "a b", "a/b", "hw%d"})
  void open_badName_saysSo(String name) {
    assertThatThrownBy(() -> TunDevice.open(name, TunOptions.create()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("name");
  }

  @Test
  void close_twice_isHarmless() {
    TunDevice device = open(TunOptions.create());
    device.close();
    device.close();
    device.wakeup();
  }
}
