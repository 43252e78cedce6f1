package io.hawser.core.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that bite: each planted fault turns a test of the short set red, and without a fault the
 * set is green.
 */
class PlantedFaultsTest {
  static List<Fault> faults() {
    return PlantedFaults.ALL;
  }

  static Stream<String> tests() {
    return PlantedFaults.ALL.stream().map(Fault::testName).distinct();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void fault_turnsSomethingRed(Fault fault) throws ClassNotFoundException {
    FaultyRun run = FaultyRun.of(fault, fault.testName());
    assertThat(run.isPlanted())
        .as("there is no %s in %s: name the method anew", fault.method(), fault.className())
        .isTrue();
    assertThat(run.red()).as("%s: %s stays green", fault, fault.testName()).isNotNull();
    System.out.println(fault + ": " + fault.bitten() + "#" + run.red());
  }

  @ParameterizedTest
  @MethodSource("tests")
  void withoutFault_allIsGreen(String testClass) throws ClassNotFoundException {
    FaultyRun run = FaultyRun.of(null, testClass);
    assertThat(run.red()).isNull();
    assertThat(run.ran()).isPositive();
  }
}
