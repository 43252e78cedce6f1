package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * When small segments leave (RFC 9293 section 3.7.4, with Minshall's variation that Linux has), and
 * cork. 5 ms each way.
 */
class NagleTest {
  private static final long MS = 1_000_000;
  private static final int MSS = 1448;

  private final List<Integer> sizes = new ArrayList<>();

  private Connection open(TwoStacks w, boolean noDelay) {
    w.configA.superSegmentBytes = 0;
    w.listen(80);
    ConnectionConfig config = ConnectionConfig.tcpDefaults().withNoDelay(noDelay);
    Connection c = w.connect(80, config);
    w.run(50 * MS);
    w.filter =
        p -> {
          PacketView v = new PacketView();
          PacketMeta trusted = new PacketMeta();
          trusted.checksumTrusted = true;
          v.check(p, trusted);
          if (v.payloadLength > 0) {
            sizes.add(v.payloadLength);
          }
          return true;
        };
    return c;
  }

  private static void write(TwoStacks w, Connection c, int bytes) {
    assertThat(c.write(MemorySegment.ofArray(new byte[bytes]), 0, bytes)).isEqualTo(bytes);
    c.wrote(w.nowNs);
    w.run(MS);
  }

  private static void end(TwoStacks w) {
    w.a.abortAll(w.nowNs);
    w.b.abortAll(w.nowNs);
    w.run(50 * MS);
  }

  @Test
  void smallWrites_oneIsOnItsWayAtATime() {
    try (TwoStacks w = new TwoStacks(21)) {
      Connection c = open(w, false);
      for (int i = 0; i < 5; i++) {
        write(w, c, 100);
      }
      assertThat(sizes).containsExactly(100);
      w.run(20 * MS);
      assertThat(sizes).containsExactly(100, 400);
      end(w);
    }
  }

  @Test
  void noDelay_everyWriteLeavesAtOnce() {
    try (TwoStacks w = new TwoStacks(22)) {
      Connection c = open(w, true);
      for (int i = 0; i < 5; i++) {
        write(w, c, 100);
      }
      assertThat(sizes).containsExactly(100, 100, 100, 100, 100);
      end(w);
    }
  }

  @Test
  void onlyFullSegmentsOnTheirWay_theRestNeedNotWait() {
    try (TwoStacks w = new TwoStacks(23)) {
      Connection c = open(w, false);
      write(w, c, 2 * MSS + 10);
      assertThat(sizes).containsExactly(MSS, MSS, 10);
      write(w, c, 10);
      assertThat(sizes).as("a small one is out now").hasSize(3);
      end(w);
    }
  }

  @Test
  void corked_onlyFullSegmentsLeaveUntilItIsPulled() {
    try (TwoStacks w = new TwoStacks(24)) {
      Connection c = open(w, true);
      c.cork(true, w.nowNs);
      write(w, c, 100);
      write(w, c, MSS);
      assertThat(sizes).containsExactly(MSS);
      c.cork(false, w.nowNs);
      w.run(MS);
      assertThat(sizes).containsExactly(MSS, 100);
      end(w);
    }
  }
}
