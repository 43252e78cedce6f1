package io.hawser.core.house.planted.round;

import io.hawser.core.house.planted.circle.PlantedCircle;
import org.jspecify.annotations.Nullable;

/** Planted for HouseTest: one half of a circle. */
public final class PlantedRound {
  /** The other half. */
  public @Nullable PlantedCircle other;
}
