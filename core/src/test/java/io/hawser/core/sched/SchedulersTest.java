package io.hawser.core.sched;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SchedulersTest {
  private record Path(int id, long smoothedRttNs, int sendRoomBytes, boolean backup, boolean stale)
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

  private static Path path(int id, long rttNs, int room) {
    return new Path(id, rttNs, room, false, false);
  }

  private static Path backup(int id, long rttNs, int room) {
    return new Path(id, rttNs, room, true, false);
  }

  private static Path stale(int id, long rttNs, int room) {
    return new Path(id, rttNs, room, false, true);
  }

  private static int choose(Scheduler scheduler, Path... paths) {
    return scheduler.choose(paths, paths.length, 100_000, 0);
  }

  @Test
  void lowestRtt_takesTheFastestWithRoom() {
    Scheduler s = new LowestRtt();
    assertThat(choose(s, path(1, 30, 1000), path(2, 10, 1000), path(3, 20, 1000))).isEqualTo(1);
    assertThat(choose(s, path(1, 30, 1000), path(2, 10, 0), path(3, 20, 1000))).isEqualTo(2);
    assertThat(choose(s, path(1, 30, 1000), path(2, 0, 1000))).as("unmeasured").isEqualTo(1);
  }

  @Test
  void lowestRtt_noRoomOnRegularPathsWaits() {
    Scheduler s = new LowestRtt();
    assertThat(choose(s, path(1, 30, 0), backup(2, 10, 1000))).isEqualTo(-1);
    assertThat(choose(s)).isEqualTo(-1);
  }

  @Test
  void lowestRtt_backupOnlyWithoutRegularOnes() {
    Scheduler s = new LowestRtt();
    assertThat(choose(s, path(1, 30, 1000), backup(2, 10, 1000))).isEqualTo(0);
    assertThat(choose(s, stale(1, 5, 1000), backup(2, 10, 1000))).isEqualTo(1);
    assertThat(choose(s, stale(1, 5, 1000), backup(2, 10, 0))).isEqualTo(-1);
    assertThat(choose(s, backup(1, 30, 1000), backup(2, 10, 1000))).isEqualTo(1);
  }

  @Test
  void lowestRtt_staleOnlyIfNothingElseIsThere() {
    Scheduler s = new LowestRtt();
    assertThat(choose(s, stale(1, 5, 1000), path(2, 10, 0))).isEqualTo(-1);
    assertThat(choose(s, stale(1, 50, 1000), stale(2, 10, 1000))).isEqualTo(1);
  }

  @Test
  void countLimitsWhatIsLookedAt() {
    Path[] paths = {path(1, 30, 1000), path(2, 10, 1000)};
    assertThat(new LowestRtt().choose(paths, 1, 1, 0)).isZero();
    assertThat(new RoundRobin().choose(paths, 1, 1, 0)).isZero();
  }

  @Test
  void roundRobin_goesRoundThoseWithRoom() {
    Scheduler s = new RoundRobin();
    Path[] paths = {path(4, 30, 1000), path(2, 10, 1000), path(9, 20, 1000)};
    assertThat(choose(s, paths)).isEqualTo(1);
    assertThat(choose(s, paths)).isEqualTo(0);
    assertThat(choose(s, paths)).isEqualTo(2);
    assertThat(choose(s, paths)).isEqualTo(1);
    paths[0] = path(4, 30, 0);
    assertThat(choose(s, paths)).isEqualTo(2);
    paths[2] = path(9, 20, 0);
    paths[1] = path(2, 10, 0);
    assertThat(choose(s, paths)).isEqualTo(-1);
  }

  @Test
  void roundRobin_pathsComeAndGo() {
    Scheduler s = new RoundRobin();
    assertThat(choose(s, path(1, 1, 1), path(2, 1, 1))).isEqualTo(0);
    assertThat(choose(s, path(2, 1, 1), path(3, 1, 1))).isEqualTo(0);
    assertThat(choose(s, path(5, 1, 1))).isEqualTo(0);
    assertThat(choose(s, path(1, 1, 1), backup(7, 1, 1))).isEqualTo(0);
  }

  @Test
  void names_areKnownAndOthersRefused() {
    for (String name : Schedulers.NAMES) {
      assertThat(Schedulers.create(name).name()).isEqualTo(name);
    }
    assertThat(Schedulers.create("default").name()).isEqualTo("lowest-rtt");
    assertThat(Schedulers.create("minrtt").name()).isEqualTo("lowest-rtt");
    assertThatThrownBy(() -> Schedulers.create("best"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lowest-rtt, round-robin");
  }
}
