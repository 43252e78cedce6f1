package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.Event;
import io.hawser.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When a path that failed, or was refused, is tried again. */
class RejoinTest {
  private static final long SECOND = 1_000_000_000;

  private static long joinsFrom(TwoStacks w, IpAddress local) {
    return w.events.stream()
        .filter(e ->
            e instanceof Event.SubflowOpening o
                && o.subflow() > 0
                && o.local().address().equals(local))
        .count();
  }

  @Test
  void refusedForGood_isNotTriedForAMinute() {
    try (TwoStacks w = new TwoStacks(41)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.b.endpoints().limits(0, 0);
      w.listen(80);
      Connection a = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      a.write(MemorySegment.ofArray(new byte[1000]), 0, 1000);
      a.wrote(w.nowNs);
      w.run(58 * SECOND);
      assertThat(joinsFrom(w, TwoStacks.A2)).isEqualTo(1);
      w.b.endpoints().limits(2, 2);
      w.run(3 * SECOND);
      assertThat(joinsFrom(w, TwoStacks.A2)).isEqualTo(2);
      w.a.abortAll(w.nowNs);
      w.run(SECOND);
    }
  }

  /** RFC 8684 section 3.3.3: the connection outlives its subflows, and its application. */
  @Test
  void noPathLeft_whatWasWrittenBeforeTheCloseArrivesOnTheNext() {
    try (TwoStacks w = new TwoStacks(42)) {
      w.configB.tcp.firstSendBytes = 1 << 20;
      Listener listener = w.listen(80);
      Connection a = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      byte[] some = new byte[200_000];
      assertThat(b.write(MemorySegment.ofArray(some), 0, some.length)).isEqualTo(some.length);
      b.wrote(w.nowNs);
      w.run(SECOND / 50);
      b.close(w.nowNs);
      AtomicBoolean done = new AtomicBoolean();
      w.filter =
          packet -> {
            if (!done.getAndSet(true)) {
              Altered.reset(packet);
            }
            return true;
          };
      w.run(SECOND / 10);
      // Its DATA_FIN meets a RST: that path is gone for both.
      a.shutdownOutput(w.nowNs);
      w.run(3 * SECOND);
      assertThat(joinsFrom(w, TwoStacks.A1)).isEqualTo(1);
      MemorySegment in = MemorySegment.ofArray(new byte[some.length + 1]);
      assertThat(a.read(in, 0, some.length + 1)).isEqualTo(some.length);
      a.didRead(w.nowNs);
      assertThat(a.atEnd()).isTrue();
      a.close(w.nowNs);
      w.run(3 * SECOND);
    }
  }

  /** Its time-outs have backed off to many seconds by then; small probes find it earlier. */
  @Test
  void silentPathComesBack_isUsedAgainWithinASecondAndAHalf() {
    try (TwoStacks w = new TwoStacks(43)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = w.listen(80);
      Connection a =
          w.connect(80, ConnectionConfig.multipathDefaults().withScheduler("round-robin"));
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      pump(w, a, b, SECOND);
      assertThat(sentFrom(a, TwoStacks.A2)).isPositive();
      w.cut.add(TwoStacks.A2);
      pump(w, a, b, 31 * SECOND);
      w.cut.clear();
      long before = sentFrom(a, TwoStacks.A2);
      pump(w, a, b, 3 * SECOND / 2);
      assertThat(sentFrom(a, TwoStacks.A2) - before).isGreaterThan(50_000);
      w.a.abortAll(w.nowNs);
      w.b.abortAll(w.nowNs);
      w.run(SECOND);
    }
  }

  private static long sentFrom(Connection c, IpAddress local) {
    return c.snapshot().subflows().stream()
        .filter(s -> s.local().address().equals(local))
        .mapToLong(s -> s.bytesSent())
        .sum();
  }

  /** A little every 10 ms, over both paths. */
  private static void pump(TwoStacks w, Connection from, Connection to, long ns) {
    MemorySegment some = MemorySegment.ofArray(new byte[20_000]);
    for (long end = w.nowNs + ns; w.nowNs < end; ) {
      from.write(some, 0, 20_000);
      from.wrote(w.nowNs);
      w.run(SECOND / 100);
      while (to.read(some, 0, 20_000) > 0) {
        to.didRead(w.nowNs);
      }
    }
  }
}
