package io.hawser.core.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiveAutotuningTest {
  private static final long RTT = 50_000_000;
  private static final int FIRST = 256 << 10;
  private static final int MOST = 6 << 20;

  @Test
  void fullWindowReadEveryRound_growsToTheMost() {
    ReceiveAutotuning t = new ReceiveAutotuning(FIRST);
    long read = 0;
    int rounds = 0;
    for (; t.bytes() < MOST && rounds < 100; rounds++) {
      t.read(read, RTT, MOST, rounds * RTT);
      read += t.bytes();
    }
    assertThat(rounds).isLessThan(12);
    t.read(read * 2, RTT, MOST, 1000 * RTT);
    assertThat(t.bytes()).isEqualTo(MOST);
  }

  @Test
  void slowReader_neverGrows() {
    ReceiveAutotuning t = new ReceiveAutotuning(FIRST);
    for (int i = 0; i < 1000; i++) {
      t.read(i * 10_000L, RTT, MOST, i * RTT);
    }
    assertThat(t.bytes()).isEqualTo(FIRST);
  }

  @Test
  void pathIsTheLimit_windowIsTwiceToSixTimesWhatItBrings() {
    ReceiveAutotuning t = new ReceiveAutotuning(FIRST);
    int perRound = 14_480;
    long read = 0;
    for (int i = 0; i < 1000; i++) {
      t.read(read, RTT, MOST, i * RTT);
      read += perRound;
      perRound = Math.min(2 * perRound, 600_000);
    }
    assertThat(t.bytes()).isBetween(2 * perRound, 6 * perRound + 100_000);
    assertThat(t.bytes()).isLessThan(MOST);
  }

  @Test
  void manyReadsInARound_countTogether() {
    ReceiveAutotuning t = new ReceiveAutotuning(FIRST);
    for (int i = 0; i < 99; i++) {
      t.read(i * 10_000L, RTT, MOST, i * RTT / 100);
    }
    assertThat(t.bytes()).isEqualTo(FIRST);
    t.read(1_000_000, RTT, MOST, RTT);
    assertThat(t.bytes()).isGreaterThan(2_000_000);
  }
}
