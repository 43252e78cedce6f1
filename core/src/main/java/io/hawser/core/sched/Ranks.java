package io.hawser.core.sched;

/**
 * Which subflows may be used at all: regular ones; if there are none, backups (RFC 8684 section
 * 3.3.8); if there are none, those that make no progress.
 */
final class Ranks {
  private Ranks() {}

  static int of(SubflowView subflow) {
    return (subflow.stale() ? 2 : 0) + (subflow.backup() ? 1 : 0);
  }

  static int best(SubflowView[] subflows, int count) {
    int best = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      best = Math.min(best, of(subflows[i]));
    }
    return best;
  }
}
