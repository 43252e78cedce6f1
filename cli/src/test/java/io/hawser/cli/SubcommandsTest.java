package io.hawser.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SubcommandsTest {

  private static CommandLine testbed(CommandLine line) {
    return Objects.requireNonNull(line.getSubcommands().get("testbed"));
  }

  @Test
  void wordsOfACommand_makeThatOneOnly() {
    CommandLine line = Main.commandLine("--debug", "testbed", "up", "three-paths");
    assertThat(line.getSubcommands()).containsOnlyKeys("testbed");
    assertThat(testbed(line).getSubcommands()).containsOnlyKeys("up");
    assertThat(Main.commandLine("connect", "up", "1").getSubcommands()).containsOnlyKeys("connect");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "--version", "testbde up", "help testbed", "testbed help"})
  void otherWords_makeAll(String words) {
    CommandLine line = Main.commandLine(words.split(" "));
    assertThat(line.getSubcommands()).containsKeys("demo", "testbed", "sim", "help");
    assertThat(testbed(line).getSubcommands()).containsKeys("up", "run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"testbed", "testbed --help", "testbed pu"})
  void testbedAlone_hasAllOfItsCommands(String words) {
    CommandLine line = Main.commandLine(words.split(" "));
    assertThat(testbed(line).getSubcommands())
        .containsKeys("up", "down", "status", "exec", "compare");
  }
}
