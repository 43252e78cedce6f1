package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.TransferTest.Flow;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats.SubflowStats;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mappings that only their first segment says (RFC 8684 sections 3.3.1 and 3.7). */
class LeanMappingTest {
  private static final long MS = 1_000_000;
  private static final ConnectionConfig LEAN = ConnectionConfig.multipathDefaults();

  /** Sees what a host sends: which data says its mapping, and whether the rest has one. */
  private static final class Watch {
    private record Mapped(int fromSeq, int length) {}

    private final IpAddress self;
    private final Map<String, List<Mapped>> mapped = new HashMap<>();
    int said;
    int unsaid;
    int largestSaid;
    int largestUnsaid;

    Watch(boolean client) {
      self = client ? TwoStacks.B1 : TwoStacks.A1;
    }

    boolean sees(PacketBuffer packet) {
      PacketView v = Altered.view(packet);
      boolean ours = self.equals(TwoStacks.B1) != v.source().equals(TwoStacks.B1);
      if (v.payloadLength == 0 || !ours) {
        return true;
      }
      String path = v.source() + ">" + v.destination() + ":" + v.srcPort;
      List<Mapped> known = mapped.computeIfAbsent(path, _ -> new ArrayList<>());
      if (v.hasDss && v.dsnBytes > 0) {
        said++;
        largestSaid = Math.max(largestSaid, v.payloadLength);
        known.add(new Mapped(v.seq, v.dataLength));
      } else if (v.mptcpCount > 0 && v.mptcp(0) instanceof MptcpOption.MpCapable) {
        known.add(new Mapped(v.seq, v.payloadLength));
      } else {
        unsaid++;
        largestUnsaid = Math.max(largestUnsaid, v.payloadLength);
        assertThat(known)
            .as("mappings said before seq %d +%d", v.seq, v.payloadLength)
            .anyMatch(
                m -> v.seq - m.fromSeq >= 0 && v.seq + v.payloadLength - m.fromSeq <= m.length);
      }
      return true;
    }
  }

  private static TwoStacks twoPaths(long seed) {
    TwoStacks w = new TwoStacks(seed);
    w.a.addAddress(TwoStacks.A2, w.nowNs);
    return w;
  }

  private static Connection accepted(TwoStacks w, Listener listener) {
    w.run(100 * MS);
    return Objects.requireNonNull(listener.accept());
  }

  /** Until all is over, or for so long. */
  private static void run(TwoStacks w, Flow flow, Connection from, Connection to, long seconds) {
    long end = w.nowNs + seconds * 1000 * MS;
    while (!flow.eof && w.nowNs < end) {
      w.step(Math.min(end, w.nowNs + MS));
      flow.pump(from, to, w.nowNs);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, true, 0, 0",
    "true, true, 0, 0",
    "false, false, 0, 0",
    "false, true, 0.03, 0",
    "true, true, 0.03, 0",
    "true, false, 0.03, 0.3",
    "false, true, 0, 0.3"
  })
  void twoPaths_mappingIsSaidByItsFirstSegment(
      boolean checksums, boolean stamps, double loss, double refuse) {
    try (TwoStacks w = twoPaths(71)) {
      w.configA.mptcpChecksum = checksums;
      w.configA.tcp.timestamps = stamps;
      Listener listener = w.listen(80);
      Connection client = w.connect(80, LEAN);
      Connection server = accepted(w, listener);
      Watch watch = new Watch(true);
      // Lost after it was seen.
      Random random = new Random(71);
      w.filter = p -> watch.sees(p) && random.nextDouble() >= loss;
      w.reorder = loss;
      w.refuse = refuse;
      Flow flow = new Flow(3_000_000, 7);
      run(w, flow, client, server, 200);
      flow.check();
      assertThat(server.multipath()).isTrue();
      assertThat(watch.unsaid).as("segments without a mapping").isGreaterThan(watch.said / 4);
      long again =
          client.snapshot().subflows().stream().mapToLong(SubflowStats::bytesRetransmitted).sum();
      assertThat(loss > 0 || again < 20_000).as("%d bytes went again", again).isTrue();
      assertThat(watch.largestUnsaid).isEqualTo(stamps ? 1448 : 1460);
      assertThat(watch.largestSaid).isEqualTo(stamps ? 1420 : 1432);
    }
  }

  @Test
  void switchedOff_everySegmentSaysIt() {
    try (TwoStacks w = twoPaths(72)) {
      Listener listener = w.listen(80);
      Connection client = w.connect(80, LEAN.withLeanMappings(false));
      Connection server = accepted(w, listener);
      Watch watch = new Watch(true);
      w.filter = watch::sees;
      Flow flow = new Flow(1_000_000, 7);
      run(w, flow, client, server, 60);
      flow.check();
      assertThat(watch.unsaid).isZero();
    }
  }

  @Test
  void untilDataWasAnswered_everySegmentSaysIt() {
    try (TwoStacks w = twoPaths(73)) {
      Listener listener = w.listen(80);
      Watch watch = new Watch(true);
      Connection client = w.connect(80, LEAN);
      Connection server = accepted(w, listener);
      Flow down = new Flow(400, 8);
      down.pump(server, client, w.nowNs);
      w.run(100 * MS);
      w.filter = p -> watch.sees(p) && !Altered.view(p).source().equals(TwoStacks.B1);
      Flow flow = new Flow(200_000, 7);
      flow.pump(client, server, w.nowNs);
      w.run(500 * MS);
      assertThat(watch.said).isGreaterThan(5);
      assertThat(watch.unsaid).isZero();
    }
  }

  @Test
  void subflowIsReset_everySegmentSaysItFromThenOn() {
    try (TwoStacks w = twoPaths(74)) {
      Listener listener = w.listen(80);
      Connection client = w.connect(80, LEAN);
      Connection server = accepted(w, listener);
      Watch watch = new Watch(true);
      Flow flow = new Flow(4_000_000, 7);
      // Loss keeps the paths slow enough for mappings to be said once.
      Random random = new Random(74);
      w.filter = p -> watch.sees(p) && random.nextDouble() >= 0.02;
      while (flow.read < 1_000_000 && !flow.eof) {
        w.step(w.nowNs + MS);
        flow.pump(client, server, w.nowNs);
      }
      assertThat(watch.unsaid).isPositive();
      boolean[] done = {false};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            if (!done[0] && v.destination().equals(TwoStacks.A2) && v.payloadLength == 0) {
              done[0] = true;
              Altered.reset(p);
            }
            return watch.sees(p) && random.nextDouble() >= 0.02;
          };
      while (!done[0] && !flow.eof) {
        w.step(w.nowNs + MS);
        flow.pump(client, server, w.nowNs);
      }
      assertThat(done[0]).isTrue();
      w.run(20 * MS);
      int unsaid = watch.unsaid;
      run(w, flow, client, server, 60);
      flow.check();
      assertThat(watch.unsaid).isEqualTo(unsaid);
    }
  }

  @Test
  void mpCapableWithDataGoesAgainInPieces_bothStayMultipath() {
    try (TwoStacks w = twoPaths(75)) {
      w.cut.add(TwoStacks.A2);
      Listener listener = w.listen(80);
      Connection client = w.connect(80, LEAN);
      boolean[] through = {false};
      boolean[] answered = {false};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean up = !v.source().equals(TwoStacks.B1);
            boolean data = v.payloadLength > 0;
            boolean answers = v.has(PacketView.SYN) || through[0] && (data || answered[0]);
            boolean passes = up ? p.length() <= 1300 : answers;
            through[0] |= up && passes && data;
            answered[0] |= !up && passes && data;
            return passes;
          };
      Connection server = accepted(w, listener);
      Flow down = new Flow(400, 8);
      down.pump(server, client, w.nowNs);
      Flow up = new Flow(60_000, 7);
      run(w, up, client, server, 120);
      up.check();
      assertThat(client.multipath()).isTrue();
      assertThat(server.multipath()).isTrue();
    }
  }

  @Test
  void mpFailIsLost_dataWithoutMappingIsNoFallback_itIsSaidAgain() {
    try (TwoStacks w = new TwoStacks(76)) {
      w.configB.mptcpChecksum = true;
      Listener listener = w.listen(80);
      Connection client = w.connect(80, LEAN);
      Connection server = accepted(w, listener);
      Watch watch = new Watch(false);
      int[] altered = {0};
      int[] fails = {0};
      w.filter =
          p -> {
            PacketView v = Altered.view(p);
            boolean down = v.source().equals(TwoStacks.B1);
            if (down && v.payloadLength > 0 && !v.hasDss && watch.unsaid > 10 && altered[0] == 0) {
              altered[0]++;
              Altered.alterPayload(p);
            }
            boolean fail = !down && v.mptcpCount > 0 && v.mptcp(0) instanceof MptcpOption.MpFail;
            fails[0] += fail ? 1 : 0;
            return (altered[0] > 0 || watch.sees(p)) && (!fail || fails[0] > 3);
          };
      Flow flow = new Flow(1_000_000, 7);
      run(w, flow, server, client, 60);
      assertThat(altered[0]).isEqualTo(1);
      assertThat(fails[0]).isGreaterThan(3);
      assertThat(flow.read).isEqualTo(1_000_000);
      assertThat(server.multipath()).isFalse();
    }
  }
}
