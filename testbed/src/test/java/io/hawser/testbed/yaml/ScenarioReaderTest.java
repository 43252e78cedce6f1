package io.hawser.testbed.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioReaderTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private static final String GOOD =
      """
      name: cut
      title: Wi-Fi is cut
      topology:
        name: two
        links:
          - {name: wifi, both: "rate=40mbit delay=10ms"}
          - {name: lte, forth: "rate=10mbit", back: "rate=20mbit"}
      stacks: [tcp, hawser/mptcp-kernel]
      workload: {kind: bulk, flow: both, time: 12s}
      timeline:
        - {at: 8s, link: wifi, do: restore}
        - {at: 4.5s, link: wifi, do: "rate=5mbit loss=1%"}
      repetitions: 2
      seed: 7
      """;

  @Test
  void goodScenario_isReadAsWritten() throws IOException {
    Scenario scenario = ScenarioReader.read("cut.yaml", GOOD);
    assertThat(scenario.name()).isEqualTo("cut");
    assertThat(scenario.stacks()).containsExactly(StackChoice.TCP, StackChoice.HAWSER_KERNEL);
    assertThat(scenario.workload())
        .isEqualTo(new Workload.Bulk(Workload.Flow.BOTH, 12 * SECOND_NS));
    assertThat(scenario.timeline())
        .containsExactly(
            new LinkEvent(4_500_000_000L, "wifi", "rate=5mbit loss=1%"),
            new LinkEvent(8 * SECOND_NS, "wifi", "restore"));
    assertThat(scenario.topology().link("lte").forth().rateBitsPerSecond()).isEqualTo(10_000_000);
    assertThat(scenario.topology().link("lte").back().rateBitsPerSecond()).isEqualTo(20_000_000);
    assertThat(scenario.repetitions()).isEqualTo(2);
    assertThat(scenario.seed()).isEqualTo(7);
    assertThat(scenario.plannedNs()).isEqualTo(12 * SECOND_NS);
  }

  /** Each row: a line of the good scenario, what it is changed to, line told, words told. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "repetitions: 2 | repetitons: 2 | 13 | unknown field 'repetitons' | mean 'repetitions'",
        "seed: 7 | seed: seven | 14 | 'seed: seven' | look like 1",
        "kind: bulk | kind: bulb | 9 | no workload 'bulb' | mean 'bulk'",
        "time: 12s | time: 12 | 9 | needs its unit | look like 10s",
        "time: 12s | time: 0s | 9 | more than 0 | look like 10s",
        "flow: both | flow: sideways | 9 | no flow 'sideways' | upload, download and both",
        "link: wifi, do: restore | link: wlan, do: restore | 11 | no link 'wlan' | [wifi, lte]",
        "do: restore | do: restor | 11 | 'restor' is none of | mean 'restore'",
        "loss=1% | loss=1parsec | 12 | loss=1parsec | look like",
        "stacks: [tcp, | stacks: [tpc, | 8 | no stack 'tpc' | mptcp-kernel",
        "rate=40mbit | rate=40 mbit | 6 | mbit | look like",
        "name: lte | name: Long Term | 7 | lower-case letters | Long Term",
        "back: \"rate=20mbit\" | both: {} | 7 | must be one value | both",
        "- {name: lte, | - {name: wifi, | 4 | two links are named wifi | wifi",
        "repetitions: 2 | repetitions: 0 | 1 | at least one repetition | 0",
        "workload: | worklod: | 9 | unknown field 'worklod' | should be 'workload'",
        "workload: { | workload: [{ | 10 | no YAML | ",
      })
  void badScenario_namesLineFieldAndRemedy(
      String from, String to, int line, String first, String second) {
    String text = GOOD.replace(from, to);
    assertThat(text).as("the row must change something").isNotEqualTo(GOOD);
    assertThatThrownBy(() -> ScenarioReader.read("cut.yaml", text))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("cut.yaml:" + line + ":")
        .hasMessageContaining(first)
        .hasMessageContaining(second == null ? "" : second);
  }

  @Test
  void missingField_isNamedWithAnExample() {
    assertThatThrownBy(() -> ScenarioReader.read("x.yaml", "title: nothing else\n"))
        .hasMessageContaining("lacks the field 'topology', such as topology: wifi-lte");
    assertThatThrownBy(() -> ScenarioReader.read("x.yaml", ""))
        .hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> ScenarioReader.read("x.yaml", "- a list\n"))
        .hasMessageContaining("must be a mapping");
  }

  @Test
  void unknownName_suggestsABuiltInOne() {
    assertThatThrownBy(() -> ScenarioReader.find("link-cat"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("did you mean 'link-cut'?");
    assertThatThrownBy(() -> ScenarioReader.find("./no/such.yaml"))
        .hasMessageContaining("there is no such file");
  }

  @Test
  void file_isFoundByItsPath(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("own.yaml");
    Files.writeString(file, GOOD.replace("name: cut\n", ""));
    assertThat(ScenarioReader.find(file.toString()).name()).isEqualTo("own");
  }

  static List<String> builtInScenarios() {
    return ScenarioReader.builtIn();
  }

  @ParameterizedTest
  @MethodSource("builtInScenarios")
  void builtInScenario_isReadable(String name) throws IOException {
    Scenario scenario = ScenarioReader.find(name);
    assertThat(scenario.name()).isEqualTo(name);
    assertThat(scenario.title()).isNotBlank().isNotEqualTo(name);
    assertThat(scenario.stacks()).isNotEmpty();
    assertThat(scenario.topology().paths()).hasSizeGreaterThanOrEqualTo(2);
  }

  static List<String> builtInTopologies() {
    return TopologyReader.builtIn();
  }

  @ParameterizedTest
  @MethodSource("builtInTopologies")
  void builtInTopology_isReadable(String name) throws IOException {
    assertThat(TopologyReader.find(name).name()).isEqualTo(name);
    assertThat(TopologyReader.find(name).paths()).hasSizeGreaterThanOrEqualTo(2);
  }
}
