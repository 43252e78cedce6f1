package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The table of transitions stands on a page beside the RFC's diagram; both must agree. */
class TcpStateTableTest {
  private static final Path PAGE = Path.of("../docs/conformance/tcp-states.md");

  private static String word(Enum<?> value) {
    return value.name().replace('_', '-');
  }

  private static String table() {
    StringBuilder out = new StringBuilder("| state |");
    for (TcpStateTable.Input input : TcpStateTable.Input.values()) {
      out.append(' ').append(word(input).toLowerCase(Locale.ROOT)).append(" |");
    }
    out.append("\n|---|");
    out.append("---|".repeat(TcpStateTable.Input.values().length)).append('\n');
    for (TcpState state : TcpState.values()) {
      out.append("| ").append(word(state)).append(" |");
      for (TcpStateTable.Input input : TcpStateTable.Input.values()) {
        TcpState next = TcpStateTable.next(state, input);
        out.append(' ').append(next == state ? "" : word(next) + " ").append('|');
      }
      out.append('\n');
    }
    return out.toString();
  }

  @Test
  void table_isTheOneOnThePage() throws IOException {
    assertThat(Files.readString(PAGE)).contains(table());
  }
}
