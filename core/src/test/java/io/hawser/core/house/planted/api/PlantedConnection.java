package io.hawser.core.house.planted.api;

import io.hawser.core.house.planted.mptcp.PlantedMptcp;

/** Planted for HouseTest: it sees what its package must not. */
public final class PlantedConnection {
  /** The forbidden sight. */
  public PlantedMptcp wrong = new PlantedMptcp();
}
