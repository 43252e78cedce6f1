package io.hawser.sim;

import static io.hawser.sim.TestPackets.B4;
import static io.hawser.sim.TestPackets.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.BufferPool;
import io.hawser.wire.DeviceException;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real time: two pipes and a bridge between them. */
@Timeout(60)
class LinkBridgeTest {
  private final BufferPool pool = new BufferPool();
  private final PipeDevice.Pair left = PipeDevice.pair(pool, 1500, 2048);
  private final PipeDevice.Pair right = PipeDevice.pair(pool, 1500, 2048);
  private final PacketMeta meta = new PacketMeta();
  private final OutgoingPacket out = new OutgoingPacket();

  @AfterEach
  void everyBufferCameBack() {
    for (PacketDevice device :
        List.of(left.first(), left.second(), right.first(), right.second())) {
      device.close();
    }
    assertThat(pool.lentBuffers()).isZero();
    pool.close();
  }

  private Path path(String name, String config) {
    LinkConfig link = LinkConfig.parse(config);
    return new Path(name, link, link, pool, new SplittableRandom(1), new SplittableRandom(2));
  }

  private LinkBridge bridge(Path... paths) {
    return new LinkBridge(left.second(), right.first(), List.of(paths), pool).start();
  }

  private void emit(PacketDevice device, PacketBuffer packet) {
    Packets.describe(packet, out);
    while (!device.emit(out)) {
      device.await(1_000_000);
    }
  }

  /** Reads what comes until nothing came for so long; returns the packets. */
  private int readAll(PacketDevice device, long silenceNs) {
    PacketBuffer into = pool.small();
    int count = 0;
    long lastNs = System.nanoTime();
    while (System.nanoTime() - lastNs < silenceNs) {
      while (device.read(into, meta)) {
        count++;
        lastNs = System.nanoTime();
      }
      device.await(silenceNs);
    }
    into.release();
    return count;
  }

  @Test
  void theRateHoldsInRealTime() {
    Path path = path("one", "rate=100mbit delay=5ms queue=4mb");
    try (LinkBridge bridge = bridge(path)) {
      PacketBuffer packet = TestPackets.ofLength(pool, 1250);
      burst(packet, 300);
      // A busy machine makes a burst late, never early: one on time is enough.
      double seconds = 1;
      int sent = 300;
      for (int attempt = 0; attempt < 8 && seconds > 0.305 * 1.02; attempt++) {
        seconds = burst(packet, 3000) / 1e9;
        sent += 3000;
        assertThat(seconds).isGreaterThan(0.305 * 0.98);
      }
      packet.release();
      assertThat(seconds).isLessThan(0.305 * 1.02);
      assertThat(bridge.failure()).isNull();
      assertThat(path.link(Direction.A_TO_B).counters().packets(Fate.DELIVERED)).isEqualTo(sent);
    }
  }

  /** Sends so many packets at once; returns how long they took to arrive. */
  private long burst(PacketBuffer packet, int packets) {
    long startNs = System.nanoTime();
    PacketBuffer into = pool.small();
    int sent = 0;
    Packets.describe(packet, out);
    for (int count = 0; count < packets; ) {
      // At most 1000 on their way, so that no queue overflows.
      while (sent < packets && sent < count + 1000 && left.first().emit(out)) {
        sent++;
      }
      if (right.second().read(into, meta)) {
        count++;
      } else {
        right.second().await(100_000_000);
      }
    }
    into.release();
    return System.nanoTime() - startNs;
  }

  @Test
  void theDelayIsKeptAndLittleIsAdded() {
    try (LinkBridge bridge = bridge(path("one", "delay=5ms"))) {
      PacketBuffer packet = TestPackets.ofLength(pool, 100);
      PacketBuffer into = pool.small();
      long[] tookNs = new long[100];
      for (int i = 0; i < tookNs.length; i++) {
        long startNs = System.nanoTime();
        emit(left.first(), packet);
        while (!right.second().read(into, meta)) {
          right.second().await(-1);
        }
        tookNs[i] = System.nanoTime() - startNs;
      }
      Arrays.sort(tookNs);
      packet.release();
      into.release();
      assertThat(tookNs[0]).isGreaterThanOrEqualTo(5_000_000);
      assertThat(tookNs[50]).as("median").isLessThan(5_300_000 + 700_000);
      assertThat(bridge.failure()).isNull();
    }
  }

  @Test
  void settingsChangeWhileItRuns() {
    Path path = path("one", "delay=1ms");
    try (LinkBridge bridge = bridge(path)) {
      PacketBuffer packet = TestPackets.ofLength(pool, 100);
      bridge.configure(path, "down");
      LinkCounters counters = path.link(Direction.A_TO_B).counters();
      while (counters.packets(Fate.LINK_DOWN) == 0) {
        emit(left.first(), packet);
        assertThat(right.second().read(packet, meta)).isFalse();
      }
      bridge.configure(path, "up");
      while (counters.packets(Fate.DELIVERED) == 0) {
        emit(left.first(), packet);
      }
      packet.release();
      assertThat(readAll(right.second(), 50_000_000)).isPositive();
    }
  }

  @Test
  void theSourceAddressTellsThePath() {
    Path slow = path("slow", "delay=40ms").addressA(endpoint("10.0.0.1", 0).address());
    Path fast = path("fast", "delay=0ms").addressA(endpoint("10.0.1.1", 0).address());
    try (LinkBridge bridge = bridge(slow, fast)) {
      for (String source : new String[] {"10.0.0.1", "10.0.1.1", "10.0.2.1"}) {
        PacketBuffer packet =
            TestPackets.tcp(pool, endpoint(source, 5), B4, PacketView.ACK, new byte[0], 9);
        emit(left.first(), packet);
        packet.release();
      }
      assertThat(readAll(right.second(), 200_000_000)).isEqualTo(2);
      for (Path path : bridge.paths()) {
        assertThat(path.link(Direction.A_TO_B).counters().packets(Fate.DELIVERED)).isEqualTo(1);
      }
      PacketBuffer answer =
          TestPackets.tcp(pool, B4, endpoint("10.0.1.1", 5), PacketView.ACK, new byte[0], 9);
      emit(right.second(), answer);
      answer.release();
      assertThat(readAll(left.first(), 100_000_000)).isEqualTo(1);
      assertThat(fast.link(Direction.B_TO_A).counters().packets(Fate.DELIVERED)).isEqualTo(1);
    }
  }

  @Test
  void aFullPipeRefusesAndTakesAgain() {
    PacketBuffer packet = TestPackets.ofLength(pool, 100);
    Packets.describe(packet, out);
    int taken = 0;
    while (left.first().emit(out)) {
      taken++;
    }
    assertThat(taken).isEqualTo(2048);
    PacketBuffer into = pool.small();
    assertThat(left.second().read(into, meta)).isTrue();
    // Reading rang the writer's bell: this returns at once.
    left.first().await(-1);
    assertThat(left.first().emit(out)).isTrue();
    packet.release();
    into.release();
  }

  /** A device whose emission fails, as one does that was removed; all else is the pipe's. */
  private record Broken(PacketDevice pipe) implements PacketDevice {
    @Override
    public boolean emit(OutgoingPacket packet) {
      throw new DeviceException("the device is gone");
    }

    @Override
    public boolean read(PacketBuffer into, PacketMeta meta) {
      return pipe.read(into, meta);
    }

    @Override
    public void await(long timeoutNs) {
      pipe.await(timeoutNs);
    }

    @Override
    public void wakeup() {
      pipe.wakeup();
    }

    @Override
    public int mtuBytes() {
      return pipe.mtuBytes();
    }

    @Override
    public int superSegmentBytes() {
      return pipe.superSegmentBytes();
    }

    @Override
    public void close() {
      pipe.close();
    }
  }

  @Test
  void deviceThatFails_endsBothWays_andWhoeverRunsTheLinkIsTold() throws Exception {
    BlockingQueue<RuntimeException> told = new LinkedBlockingQueue<>();
    PacketDevice gone = new Broken(right.first());
    try (LinkBridge bridge =
        new LinkBridge(left.second(), gone, List.of(path("one", "")), pool)
            .whenItFails(told::add)
            .start()) {
      PacketBuffer packet = TestPackets.ofLength(pool, 100);
      emit(left.first(), packet);
      packet.release();
      RuntimeException cause = told.poll(10, TimeUnit.SECONDS);
      assertThat(cause).hasMessage("the device is gone");
      assertThat(bridge.failure()).isSameAs(cause);
      assertThat(told).isEmpty();
    }
  }
}
