package io.hawser.bench;

/**
 * The three marks that a figure is held against.
 *
 * @param atLeast whether more is better
 */
public record Goal(boolean atLeast, double must, double hard, double extreme) {
  /** The marks must not be in the wrong order. */
  public Goal {
    if (!better(hard, must, atLeast) || !better(extreme, hard, atLeast)) {
      throw new IllegalArgumentException(
          "marks out of order: " + must + ", " + hard + ", " + extreme);
    }
  }

  /** More is better. */
  public static Goal atLeast(double must, double hard, double extreme) {
    return new Goal(true, must, hard, extreme);
  }

  /** Less is better. */
  public static Goal atMost(double must, double hard, double extreme) {
    return new Goal(false, must, hard, extreme);
  }

  /** The highest level that this figure reaches; none if it is not a number. */
  public Level level(double measured) {
    if (better(measured, extreme, atLeast)) {
      return Level.EXTREME;
    }
    if (better(measured, hard, atLeast)) {
      return Level.HARD;
    }
    return better(measured, must, atLeast) ? Level.MUST : Level.BELOW;
  }

  /** The figure from which a level is reached. */
  public double bound(Level level) {
    return switch (level) {
      case BELOW -> atLeast ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      case MUST -> must;
      case HARD -> hard;
      case EXTREME -> extreme;
    };
  }

  private static boolean better(double measured, double mark, boolean atLeast) {
    return atLeast ? measured >= mark : measured <= mark;
  }
}
