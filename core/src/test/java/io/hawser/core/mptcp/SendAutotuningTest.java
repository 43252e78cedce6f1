package io.hawser.core.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.sched.SubflowView;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendAutotuningTest {
  private static final long MS = 1_000_000;
  private static final int FIRST = 64 << 10;
  private static final int MOST = 4 << 20;

  private record Path(int cwndBytes, long smoothedRttNs, boolean stale) implements SubflowView {
    @Override
    public int id() {
      return 0;
    }

    @Override
    public boolean backup() {
      return false;
    }

    @Override
    public int sendRoomBytes() {
      return 0;
    }

    @Override
    public int mssBytes() {
      return 1400;
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

  private static Path path(int cwndBytes, long rttMs) {
    return new Path(cwndBytes, rttMs * MS, false);
  }

  private final SendAutotuning tuning = new SendAutotuning(FIRST);

  @Test
  void smallWindows_keepTheFirstSize() {
    assertThat(tuning.tuned(FIRST, MOST, List.of(), 0, 0)).isEqualTo(FIRST);
    assertThat(tuning.tuned(FIRST, MOST, List.of(path(14_000, 50)), 14_000, 0)).isEqualTo(FIRST);
  }

  @Test
  void windowsOfAllPaths_twiceTheirSumAtOnce() {
    int bytes = tuning.tuned(FIRST, MOST, List.of(path(100_000, 100), path(200_000, 200)), 0, 0);
    // And what they send in 2 ms: 2 and 1 % of their windows.
    assertThat(bytes).isEqualTo(2 * (102_000 + 202_000));
  }

  @Test
  void fastPath_coversTheTimeAThreadNeedsToWake() {
    int bytes = tuning.tuned(FIRST, MOST, List.of(new Path(100_000, MS / 5, false)), 0, 0);
    assertThat(bytes).isGreaterThan(2_000_000);
  }

  @Test
  void bound_isNeverPassed() {
    assertThat(tuning.tuned(FIRST, MOST, List.of(path(50_000_000, 100)), 0, 0)).isEqualTo(MOST);
    assertThat(tuning.tuned(FIRST, 10_000, List.of(path(50_000, 100)), 0, 0)).isEqualTo(10_000);
    assertThat(tuning.tuned(MOST, 10_000, List.of(path(50_000, 100)), 0, 0)).isEqualTo(10_000);
  }

  @Test
  void lossKeepsDataOutstanding_countsLikeAWindow() {
    int bytes = tuning.tuned(FIRST, MOST, List.of(path(50_000, 100)), 150_000, 0);
    assertThat(bytes).isEqualTo(300_000);
  }

  @Test
  void stalePath_doesNotCount() {
    Path gone = new Path(2_000_000, 100 * MS, true);
    assertThat(tuning.tuned(FIRST, MOST, List.of(gone), 0, 0)).isEqualTo(FIRST);
  }

  @Test
  void windowsCollapse_shrinksAnEighthARoundTrip() {
    List<Path> large = List.of(path(1_000_000, 100));
    List<Path> small = List.of(path(14_000, 100));
    int bytes = tuning.tuned(FIRST, MOST, large, 0, 0);
    assertThat(tuning.tuned(bytes, MOST, small, 0, 50 * MS)).isEqualTo(bytes);
    int next = tuning.tuned(bytes, MOST, small, 0, 100 * MS);
    assertThat(next).isEqualTo(bytes - bytes / 8);
    for (int i = 2; i < 60; i++) {
      next = tuning.tuned(next, MOST, small, 0, i * 100 * MS);
    }
    assertThat(next).isEqualTo(FIRST);
  }
}
