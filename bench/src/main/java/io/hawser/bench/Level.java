package io.hawser.bench;

import java.util.Locale;

/** How far a figure came on the table of goals; each level includes the ones before it. */
public enum Level {
  /** Below the least that is asked. */
  BELOW,
  /** The least that is asked. */
  MUST,
  /** What the sending side has to reach. */
  HARD,
  /** What would be the best that a machine like this allows. */
  EXTREME;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
