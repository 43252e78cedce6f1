package io.hawser.testbed;

import io.hawser.linux.Leftovers;

/** What every start of Hawser does first. */
final class SweepingProgram {
  private SweepingProgram() {}

  public static void main(String[] arguments) {
    Leftovers.sweep();
  }
}
