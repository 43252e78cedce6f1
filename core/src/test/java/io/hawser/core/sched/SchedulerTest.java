package io.hawser.core.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which subflow a scheduler takes. */
class SchedulerTest {
  private record View(int id, boolean backup, boolean stale, int sendRoomBytes, long smoothedRttNs)
      implements SubflowView {
    @Override
    public int mssBytes() {
      return 1000;
    }

    @Override
    public int cwndBytes() {
      return 10_000;
    }

    @Override
    public int inFlightBytes() {
      return 0;
    }

    @Override
    public long rttVarianceNs() {
      return 0;
    }

    @Override
    public long rateBytesPerSecond() {
      return 0;
    }
  }

  private static int choose(Scheduler scheduler, View... views) {
    return scheduler.choose(views, views.length, 1, 0);
  }

  @Test
  void lowestRtt_fastHasRoom_isTaken() {
    Scheduler s = Schedulers.create("lowest-rtt");
    View fast = new View(0, false, false, 1000, 10);
    View slow = new View(1, false, false, 1000, 20);
    assertThat(choose(s, slow, fast)).isEqualTo(1);
    assertThat(choose(s, slow, new View(0, false, false, 0, 10))).isEqualTo(0);
    assertThat(choose(s, new View(0, false, false, 0, 10))).isEqualTo(-1);
  }

  @Test
  void backup_regularOneLives_isNotTakenEvenIfItIsFull() {
    Scheduler s = Schedulers.create("lowest-rtt");
    View full = new View(0, false, false, 0, 10);
    View backup = new View(1, true, false, 1000, 5);
    assertThat(choose(s, full, backup)).isEqualTo(-1);
    assertThat(choose(s, new View(0, false, true, 1000, 10), backup)).isEqualTo(1);
    assertThat(choose(s, backup)).isEqualTo(0);
  }

  @Test
  void roundRobin_threeWithRoom_takesTurns() {
    Scheduler s = Schedulers.create("round-robin");
    View a = new View(1, false, false, 1000, 10);
    View b = new View(2, false, false, 1000, 20);
    View c = new View(5, false, false, 1000, 30);
    assertThat(choose(s, a, b, c)).isEqualTo(0);
    assertThat(choose(s, a, b, c)).isEqualTo(1);
    assertThat(choose(s, a, b, c)).isEqualTo(2);
    assertThat(choose(s, a, b, c)).isEqualTo(0);
    assertThat(choose(s, a, new View(2, false, false, 0, 20), c)).isEqualTo(2);
  }
}
