package io.hawser.core.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of {@code ip mptcp}. */
class EndpointTableTest {
  @Test
  void limits_setAndShown() {
    EndpointTable table = new EndpointTable();
    assertThat(table.execute("limits show")).contains("subflows 2");
    table.execute("limits set subflows 4 add_addr_accepted 3");
    assertThat(table.subflowLimit()).isEqualTo(4);
    assertThat(table.addAddrAcceptedLimit()).isEqualTo(3);
    table.execute("limits set subflow 1");
    assertThat(table.subflowLimit()).isEqualTo(1);
  }

  @Test
  void endpoint_addedChangedDeleted_isToldOnceEach() {
    EndpointTable table = new EndpointTable();
    table.execute("endpoint add 10.0.0.2 id 7 dev eth0 subflow");
    table.execute("endpoint change id 7 backup");
    assertThat(table.execute("endpoint show")).contains("10.0.0.2", "id 7", "subflow", "backup");
    table.execute("endpoint delete id 7");
    assertThat(table.pollChange()).isInstanceOf(EndpointTable.Change.Added.class);
    assertThat(table.pollChange()).isInstanceOf(EndpointTable.Change.Priority.class);
    assertThat(table.pollChange()).isInstanceOf(EndpointTable.Change.Removed.class);
    assertThat(table.pollChange()).isNull();
    assertThat(table.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "endpoint add nonsense,EINVAL",
    "endpoint add 10.0.0.2 port 80,EINVAL",
    "limits set subflows 99,EINVAL",
    "fish,EINVAL",
  })
  void wrongWords_areErrorsWithANumber(String words, String errno) {
    EndpointTable table = new EndpointTable();
    assertThatThrownBy(() -> table.execute(words))
        .isInstanceOfSatisfying(PmException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void endpoint_addedTwice_exists() {
    EndpointTable table = new EndpointTable();
    table.execute("endpoint add 10.0.0.2 subflow");
    assertThatThrownBy(() -> table.execute("endpoint add 10.0.0.2 subflow"))
        .isInstanceOfSatisfying(PmException.class, e -> assertThat(e.errno()).isEqualTo("EEXIST"));
  }
}
