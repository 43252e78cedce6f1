package io.hawser.core.house.planted.buffer;

import io.hawser.core.house.planted.cc.PlantedControl;

/** Planted for HouseTest: it sees what its package must not. */
public final class PlantedBuffer {
  /** The forbidden sight. */
  public PlantedControl wrong = new PlantedControl();
}
