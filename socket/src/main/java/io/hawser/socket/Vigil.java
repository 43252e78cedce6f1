package io.hawser.socket;

/**
 * Decides how long the loop looks for work before it sleeps. To be woken takes several
 * microseconds, more than the rest of a small message's way; so while the last waits were short the
 * loop stays awake for the next one. What comes at longer intervals, as packets of a slow link do,
 * ends that within a few waits, and the processor is left alone.
 */
final class Vigil {
  /** Longest time awake without work. */
  static final long LONGEST_NS = 50_000;

  private static final int MOST = 8;
  private static final int ENOUGH = 4;
  private static final int LOST_BY_A_LONG_WAIT = 2;

  private final boolean possible;
  private int score;

  /** With one processor whoever would give us work could not run meanwhile. */
  Vigil(int processors) {
    possible = processors > 1;
  }

  /** Time to look for work now; 0: sleep at once. */
  long lookNs() {
    return possible && score >= ENOUGH ? LONGEST_NS : 0;
  }

  /** A wait is over, awake or asleep, and took so long. */
  void waited(long durationNs) {
    score =
        durationNs < LONGEST_NS
            ? Math.min(MOST, score + 1)
            : Math.max(0, score - LOST_BY_A_LONG_WAIT);
  }
}
