package io.hawser.core.house.planted.cc;

import io.hawser.core.house.planted.tcp.PlantedTcp;

/** Planted for HouseTest: it sees what its package must not. */
public final class PlantedControl {
  /** The forbidden sight. */
  public PlantedTcp wrong = new PlantedTcp();
}
