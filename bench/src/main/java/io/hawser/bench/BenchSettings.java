package io.hawser.bench;

/**
 * How a benchmark is run.
 *
 * @param runs of each kind
 * @param seconds how long a run sends, for those that send for a time
 * @param congestion the congestion control of all ends: {@code cubic} or {@code bbr}
 */
public record BenchSettings(int runs, double seconds, String congestion) {
  /** Checks them. */
  public BenchSettings {
    if (runs < 1 || runs > 1000) {
      throw new IllegalArgumentException("runs is " + runs + "; it is from 1 to 1000");
    }
    if (!(seconds >= 0.1 && seconds <= 3600)) {
      throw new IllegalArgumentException("seconds is " + seconds + "; it is from 0.1 to 3600");
    }
    if (!congestion.equals("cubic") && !congestion.equals("bbr")) {
      throw new IllegalArgumentException(
          "congestion is \"" + congestion + "\"; it is cubic or bbr");
    }
  }

  /** So long in nanoseconds. */
  public long durationNs() {
    return (long) (seconds * 1e9);
  }
}
