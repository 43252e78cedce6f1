package io.hawser.core.house.planted.circle;

import io.hawser.core.house.planted.round.PlantedRound;
import org.jspecify.annotations.Nullable;

/** Planted for HouseTest: one half of a circle. */
public final class PlantedCircle {
  /** The other half. */
  public @Nullable PlantedRound other;
}
