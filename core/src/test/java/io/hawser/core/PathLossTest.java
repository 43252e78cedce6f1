package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats.SubflowStats;
import io.hawser.wire.IpAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long data stands still when a path breaks; the RTT is 10 ms, the first time-out 200 ms. */
class PathLossTest {
  private static final long MS = 1_000_000;

  /** A transfer over two paths in which something happens once half the data is through. */
  private static final class Transfer {
    final TwoStacks w = new TwoStacks(21);
    final Connection client;
    final Connection server;
    final TransferTest.Flow flow = new TransferTest.Flow(20_000_000, 5);
    private final boolean upload;

    Transfer(boolean upload, boolean secondPath) {
      this.upload = upload;
      if (secondPath) {
        w.a.addAddress(TwoStacks.A2, w.nowNs);
      }
      Listener listener = w.listen(80);
      client = w.connect(80, ConnectionConfig.multipathDefaults());
      w.run(100 * MS);
      server = Objects.requireNonNull(listener.accept());
    }

    /** Goes on until so many bytes are through; returns the longest time without a byte. */
    long until(int bytes) {
      long longest = 0;
      long since = w.nowNs;
      long end = w.nowNs + 100_000 * MS;
      while (flow.read < bytes && !flow.eof && w.nowNs < end) {
        int before = flow.read;
        w.step(w.nowNs + MS);
        flow.pump(upload ? client : server, upload ? server : client, w.nowNs);
        if (flow.read > before) {
          longest = Math.max(longest, w.nowNs - since);
          since = w.nowNs;
        }
      }
      return longest;
    }

    boolean has(IpAddress local) {
      return client.snapshot().subflows().stream()
          .anyMatch(s -> s.local().address().equals(local) && s.state().equals("ESTABLISHED"));
    }

    void end() {
      until(Integer.MAX_VALUE);
      flow.check();
      client.close(w.nowNs);
      server.close(w.nowNs);
      w.run(400_000 * MS);
      assertThat(w.a.connections()).isEmpty();
      assertThat(w.b.connections()).isEmpty();
      assertThat(w.buffers.lentBuffers()).isZero();
      assertThat(w.chunks.lentChunks()).isZero();
      w.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carrierLost_otherPathTakesOverWithinTwoRoundTrips(boolean upload) {
    Transfer t = new Transfer(upload, true);
    t.until(5_000_000);
    assertThat(t.has(TwoStacks.A1)).isTrue();
    assertThat(t.has(TwoStacks.A2)).isTrue();
    t.w.cut.add(TwoStacks.A1);
    t.w.a.pathWorks(TwoStacks.A1, false, t.w.nowNs);
    long stallNs = t.until(t.flow.read + 3_000_000);
    assertThat(stallNs / MS).as("longest stall, ms / bound 20").isLessThanOrEqualTo(20);
    assertThat(t.has(TwoStacks.A1)).isFalse();
    t.end();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carrierBack_pathIsUsedAgainAtOnce(boolean upload) {
    Transfer t = new Transfer(upload, true);
    t.until(5_000_000);
    t.w.cut.add(TwoStacks.A1);
    t.w.a.pathWorks(TwoStacks.A1, false, t.w.nowNs);
    t.until(t.flow.read + 3_000_000);
    assertThat(t.has(TwoStacks.A1)).isFalse();
    t.w.cut.clear();
    t.w.a.pathWorks(TwoStacks.A1, true, t.w.nowNs);
    long from = t.w.nowNs;
    while (!t.has(TwoStacks.A1) && t.w.nowNs - from < 1000 * MS) {
      t.until(t.flow.read + 1);
    }
    assertThat((t.w.nowNs - from) / MS).as("back after, ms / bound 30").isLessThanOrEqualTo(30);
    t.end();
  }

  @Test
  void carrierOfTheOnlyPathLost_connectionWaitsAndGoesOn() {
    Transfer t = new Transfer(true, false);
    t.until(5_000_000);
    t.w.cut.add(TwoStacks.A1);
    t.w.a.pathWorks(TwoStacks.A1, false, t.w.nowNs);
    t.w.run(2_000 * MS);
    assertThat(t.has(TwoStacks.A1)).isTrue();
    t.w.cut.clear();
    t.w.a.pathWorks(TwoStacks.A1, true, t.w.nowNs);
    t.end();
  }

  @Test
  void bothCarriersLost_firstToReturnCarriesOn() {
    Transfer t = new Transfer(true, true);
    t.until(5_000_000);
    for (IpAddress one : List.of(TwoStacks.A1, TwoStacks.A2)) {
      t.w.cut.add(one);
      t.w.a.pathWorks(one, false, t.w.nowNs);
    }
    t.w.run(3_000 * MS);
    t.w.cut.remove(TwoStacks.A1);
    t.w.a.pathWorks(TwoStacks.A1, true, t.w.nowNs);
    long from = t.w.nowNs;
    t.until(t.flow.read + 1_000_000);
    assertThat((t.w.nowNs - from) / MS).as("goes on after, ms / bound 500").isLessThan(500);
    t.end();
  }

  @Test
  void regularPathSilent_backupTakesOverBeforeTheFirstTimeOut() {
    Transfer t = new Transfer(true, true);
    t.until(1_000_000);
    t.client.priority(second(t).id(), true, t.w.nowNs);
    t.until(2_000_000);
    long carried = second(t).bytesSent();
    t.until(5_000_000);
    assertThat(second(t).bytesSent()).as("a backup rests while another works").isEqualTo(carried);
    t.w.cut.add(TwoStacks.A1);
    long stallNs = t.until(t.flow.read + 3_000_000);
    assertThat(stallNs / MS).as("longest stall, ms / bound 100").isBetween(11L, 100L);
    t.w.cut.clear();
    t.end();
  }

  private static SubflowStats second(Transfer t) {
    return t.client.snapshot().subflows().stream()
        .filter(s -> s.local().address().equals(TwoStacks.A2))
        .findAny()
        .orElseThrow();
  }
}
