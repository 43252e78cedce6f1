package io.hawser.core.linux;

import java.util.ArrayDeque;
import java.util.Random;

/** A seeded generator whose next long numbers can be told: how a live connection gets a key. */
final class ForcedKeys extends Random {
  private static final long serialVersionUID = 1;
  private final transient ArrayDeque<Long> told = new ArrayDeque<>();
  private final boolean ready;

  ForcedKeys(long seed) {
    super(seed);
    ready = true;
  }

  void next(long key) {
    told.clear();
    told.add(key);
  }

  @Override
  public long nextLong() {
    return !ready || told.isEmpty() ? super.nextLong() : told.remove();
  }
}
