package io.hawser.core.tcp;

import static io.hawser.core.tcp.TcpScript.ACK;
import static io.hawser.core.tcp.TcpScript.MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When segments leave; RTT 100 ms, MSS 1000. */
class PacerTest {
  private static TcpScript paced() {
    TcpScript s = new TcpScript();
    s.config.pacing = true;
    return s.established();
  }

  /** Lets time pass in steps of a millisecond; returns how many segments left in each. */
  private static List<Integer> steps(TcpScript s, int count) {
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      s.sent.clear();
      s.pass(1);
      left.add(s.sent.size());
    }
    s.sent.clear();
    return left;
  }

  private static int sum(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  /** Ten segments acknowledged at once: a window of twenty in slow start, nothing under way. */
  private static void twenty(TcpScript s) {
    s.write(100_000);
    s.sent.clear();
    s.pass(100);
    s.peer(ACK, 1, 10_001, 0);
  }

  @Test
  void fresh_initialWindow_leavesAtOnce() {
    try (TcpScript s = paced()) {
      s.write(40_000);
      assertThat(s.sent).hasSize(10);
    }
  }

  @Test
  void slowStart_windowIsSpreadOverHalfTheRoundTrip() {
    try (TcpScript s = paced()) {
      twenty(s);
      assertThat(s.sent.size()).as("at once, with credit").isLessThanOrEqualTo(4);
      int first = s.sent.size();
      List<Integer> left = steps(s, 60);
      assertThat(left).allMatch(n -> n <= 2);
      int window = s.c.estimates().cwndBytes() / 1000;
      assertThat(first + sum(left)).isEqualTo(window);
      assertThat(sum(left.subList(0, 20))).as("in 20 of 50 ms").isBetween(6, 12);
    }
  }

  @Test
  void off_windowLeavesAtOnce() {
    try (TcpScript s = new TcpScript()) {
      s.established();
      twenty(s);
      assertThat(s.sent.size()).isEqualTo(s.c.estimates().cwndBytes() / 1000);
    }
  }

  @Test
  void afterLoss_windowIsSpreadOverAboutTheRoundTrip() {
    try (TcpScript s = paced()) {
      twenty(s);
      steps(s, 100);
      // One hole; half the window leaves in recovery, then all is acknowledged.
      s.peer(ACK, 1, 10_001, 0, s.sack(11_001, 30_001));
      steps(s, 100);
      s.peer(ACK, 1, (int) (s.c.nextSsn() - 1) + 1, 0);
      int window = s.c.estimates().cwndBytes() / 1000;
      int first = s.sent.size();
      List<Integer> left = steps(s, 100);
      int half = first + sum(left.subList(0, 40));
      assertThat(half).as("of %d segments after 40 ms", window).isLessThan(window * 8 / 10);
      assertThat(first + sum(left)).isEqualTo(window);
    }
  }

  @Test
  void engineIsLate_creditMakesUpForIt_butNoBurst() {
    try (TcpScript s = paced()) {
      twenty(s);
      s.sent.clear();
      // 400 segments a second; the loop sleeps 30 ms over the deadline and turns once.
      s.nowNs += 30 * MS;
      s.end.turn(s.nowNs);
      assertThat(s.sent.size()).isBetween(2, 5);
    }
  }

  @Test
  void timeout_retransmissionIsNotHeldBack() {
    try (TcpScript s = paced()) {
      twenty(s);
      s.sent.clear();
      s.pass(700);
      assertThat(s.c.stats().timeouts).isPositive();
      assertThat(s.sent).anyMatch(segment -> segment.seq() == 10_001);
    }
  }

  @Test
  void shortRoundTrip_isNotPaced() {
    try (TcpScript s = new TcpScript()) {
      s.config.pacing = true;
      s.connect();
      s.sent.clear();
      s.nowNs += MS / 2;
      s.peer(PacketView.SYN | ACK, 0, 1, 0, 0x0204_03e8, 0x0101_0402);
      s.sent.clear();
      s.write(100_000);
      s.sent.clear();
      s.nowNs += MS / 2;
      s.peer(ACK, 1, 10_001, 0);
      assertThat(s.sent.size()).isEqualTo(s.c.estimates().cwndBytes() / 1000);
    }
  }
}
