package io.hawser.proof;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks and crowds at a twentieth of their size; {@code hawser soak} runs them whole. {@code
 * -Dhawser.scale=1} does so here.
 */
class ProofCasesTest {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("hawser.scale", "0.05"));

  @ParameterizedTest
  @EnumSource
  void serviceGoesOn_memoryIsBounded(ProofCase one) {
    System.out.println(one);
    one.run(new Proof(SCALE, System.out::println));
  }
}
