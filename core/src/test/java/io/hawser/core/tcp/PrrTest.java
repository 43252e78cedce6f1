package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9937's amounts, worked out by hand: segments of 1000 bytes. */
class PrrTest {
  private static final int MSS = 1000;

  /** Sends what is allowed, in whole segments; how many that were. */
  private static int sendWhole(Prr prr) {
    int sent = 0;
    while (prr.budget() >= MSS) {
      prr.sent(MSS);
      sent++;
    }
    return sent;
  }

  @Test
  void oneLossInTwenty_halvedWindow_sendsForEverySecondAck() {
    Prr prr = new Prr();
    prr.start(20 * MSS);
    List<Integer> sent = new ArrayList<>();
    int flight = 19 * MSS;
    for (int ack = 1; ack <= 19; ack++) {
      flight -= MSS;
      prr.onAck(MSS, flight, 10 * MSS, MSS, true);
      int now = sendWhole(prr);
      flight += now * MSS;
      sent.add(now);
    }
    // The retransmission at once, then in proportion: ceil(delivered / 2) in all after each ACK,
    // until 10 segments are in flight; from there one for each delivered.
    assertThat(sent.subList(0, 6)).containsExactly(1, 0, 0, 1, 0, 1);
    int total = sent.stream().mapToInt(Integer::intValue).sum();
    assertThat(total).isBetween(9, 11);
    assertThat(flight).isBetween(9 * MSS, 11 * MSS);
  }

  @Test
  void heavyLoss_belowThreshold_growsOnlyByWhatIsDelivered() {
    Prr prr = new Prr();
    prr.start(20 * MSS);
    // 15 of 20 lost: 4 in flight, threshold 10; an ACK that is not safe: as much as it delivered.
    prr.onAck(MSS, 4 * MSS, 10 * MSS, MSS, false);
    assertThat(sendWhole(prr)).isEqualTo(1);
    prr.onAck(MSS, 4 * MSS, 10 * MSS, MSS, false);
    assertThat(sendWhole(prr)).isEqualTo(1);
    // A safe one (the data moved and nothing new was lost): one segment more, as in slow start.
    prr.onAck(MSS, 4 * MSS, 10 * MSS, MSS, true);
    assertThat(sendWhole(prr)).isEqualTo(2);
  }

  @Test
  void belowThreshold_neverSendsPastIt() {
    Prr prr = new Prr();
    prr.start(20 * MSS);
    prr.onAck(8 * MSS, 9 * MSS, 10 * MSS, MSS, true);
    assertThat(prr.budget()).isEqualTo(MSS);
  }

  @Test
  void nothingSentYet_firstRetransmissionIsFree() {
    Prr prr = new Prr();
    prr.start(100 * MSS);
    prr.onAck(0, 97 * MSS, 50 * MSS, MSS, false);
    assertThat(sendWhole(prr)).isEqualTo(1);
    prr.onAck(0, 98 * MSS, 50 * MSS, MSS, false);
    assertThat(sendWhole(prr)).isZero();
  }
}
