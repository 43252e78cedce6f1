package io.hawser.core.house.planted.mptcp;

import io.hawser.core.house.planted.PlantedStack;

/** Planted for HouseTest: it sees what its package must not. */
public final class PlantedMptcp {
  /** The forbidden sight. */
  public PlantedStack wrong = new PlantedStack();
}
