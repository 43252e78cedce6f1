package io.hawser.core.house.planted;

import io.hawser.core.house.planted.circle.PlantedCircle;

/** Planted for HouseTest: what nothing below may see. */
public final class PlantedStack {
  /** Seeing down is allowed. */
  public final PlantedCircle circle = new PlantedCircle();
}
