package io.hawser.core.house.planted.time;

import io.hawser.core.house.planted.buffer.PlantedBuffer;

/** Planted for HouseTest: it sees what its package must not. */
public final class PlantedTimer {
  /** The forbidden sight. */
  public PlantedBuffer wrong = new PlantedBuffer();
}
