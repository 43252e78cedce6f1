package io.hawser.sim;

/** Which way a packet goes on a path between side A and side B. */
public enum Direction {
  /** From side A to side B. */
  A_TO_B,
  /** From side B to side A. */
  B_TO_A;

  /** The other way. */
  public Direction reversed() {
    return this == A_TO_B ? B_TO_A : A_TO_B;
  }
}
