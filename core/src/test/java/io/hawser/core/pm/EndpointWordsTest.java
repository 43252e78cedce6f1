package io.hawser.core.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.pm.EndpointTable.Change;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words, ids and errors as {@code ip mptcp} of Linux 6.18 has them. */
class EndpointWordsTest {
  private final EndpointTable table = new EndpointTable();

  private void run(String... commands) {
    for (String words : commands) {
      assertThat(table.execute(words)).isEmpty();
    }
  }

  private List<Change> changes() {
    List<Change> list = new ArrayList<>();
    for (Change c = table.pollChange(); c != null; c = table.pollChange()) {
      list.add(c);
    }
    return list;
  }

  @Test
  void show_isWhatTheKernelsToolPrints() {
    run(
        "endpoint add 10.0.0.1 id 3 port 1000 signal",
        "endpoint add 10.0.0.1 subflow backup",
        "endpoint add 10.0.0.5 subflow fullmesh dev lo",
        "endpoint add 10.0.0.6",
        "endpoint add fe80::1 subflow");
    assertThat(table.execute("endpoint show"))
        .isEqualTo(
            String.join(
                "\n",
                "10.0.0.1 port 1000 id 3 signal",
                "10.0.0.1 id 4 subflow backup",
                "10.0.0.5 id 5 subflow fullmesh",
                "10.0.0.6 id 6",
                "fe80::1 id 7 subflow"));
    assertThat(table.execute("endpoint show id 6")).isEqualTo("10.0.0.6 id 6");
    assertThat(table.execute("endpoint")).contains("fe80::1");
    assertThat(table.idOf(IpAddress.parse("10.0.0.1"))).isEqualTo(4);
  }

  @Test
  void limits_eitherAloneKeepsTheOther() {
    assertThat(table.execute("limits")).isEqualTo("add_addr_accepted 0 subflows 2");
    run("limits set subflow 8 add_addr_accepted 8", "limits set add_addr_accepted 3");
    assertThat(table.execute("limits show")).isEqualTo("add_addr_accepted 3 subflows 8");
  }

  @Test
  void ids_goUpAndBeginAgainAfterAFlush() {
    run("endpoint add 10.0.0.1 subflow", "endpoint add 10.0.0.2 subflow");
    run("endpoint delete id 1", "endpoint add 10.0.0.3 subflow");
    assertThat(table.idOf(IpAddress.parse("10.0.0.3"))).isEqualTo(3);
    run("endpoint flush", "endpoint add 10.0.0.4 id 0 subflow");
    assertThat(table.idOf(IpAddress.parse("10.0.0.4"))).isEqualTo(1);
  }

  @Test
  void ids_allTaken_isAnError() {
    for (int i = 1; i < 256; i++) {
      run("endpoint add 10.0.1." + i + " subflow");
    }
    assertThatThrownBy(() -> table.execute("endpoint add 10.0.2.1 subflow"))
        .isInstanceOfSatisfying(PmException.class, e -> assertThat(e.errno()).isEqualTo("ERANGE"));
    run("endpoint delete id 77", "endpoint add 10.0.2.1 subflow");
    assertThat(table.idOf(IpAddress.parse("10.0.2.1"))).isEqualTo(77);
  }

  @Test
  void idFor_addressInUseKeepsItsIdWhenItBecomesAnEndpoint() {
    IpAddress used = IpAddress.parse("10.0.0.9");
    int id = table.idFor(used);
    assertThat(table.idFor(used)).isEqualTo(id);
    assertThat(table.isEmpty()).isTrue();
    run("endpoint add 10.0.0.1 subflow");
    assertThat(table.idOf(IpAddress.parse("10.0.0.1"))).isNotEqualTo(id);
    assertThatThrownBy(() -> table.execute("endpoint add 10.0.0.9 id 200 subflow"))
        .isInstanceOf(PmException.class);
    run("endpoint add 10.0.0.9 subflow");
    assertThat(table.idOf(used)).isEqualTo(id);
    assertThat(table.idFor(used)).isEqualTo(id);
  }

  @Test
  void changes_areToldInOrder() {
    run(
        "endpoint add 10.0.0.1 id 1 subflow",
        "endpoint change id 1 backup",
        "endpoint change id 1 backup",
        "endpoint change 10.0.0.1 nobackup fullmesh",
        "endpoint delete id 1 10.0.0.1",
        "endpoint delete id 0 10.0.0.7");
    PathEndpoint plain =
        new PathEndpoint(1, IpAddress.parse("10.0.0.1"), 0, false, true, false, false);
    assertThat(changes())
        .containsExactly(
            new Change.Added(plain),
            new Change.Priority(plain.withFlags(true, false)),
            new Change.Priority(plain.withFlags(false, true)),
            new Change.Added(plain.withFlags(false, true)),
            new Change.Removed(plain.withFlags(false, true)),
            new Change.Removed(PathEndpoint.plain(0, IpAddress.parse("10.0.0.7"))));
    run("endpoint add 10.0.0.1 subflow", "endpoint add 10.0.0.2 subflow", "endpoint flush");
    assertThat(changes()).hasSize(4);
    assertThat(table.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "endpoint add 10.0.0.1 subflow, EEXIST",
    "endpoint add 10.0.0.9 id 1 subflow, EBUSY",
    "endpoint add 10.0.0.9 signal port 1000 subflow, EINVAL",
    "endpoint add 10.0.0.9 signal fullmesh, EINVAL",
    "endpoint add 10.0.0.9 id 256, EINVAL",
    "endpoint add 10.0.0.9 id x, EINVAL",
    "endpoint add 10.0.0.300, EINVAL",
    "endpoint add, EINVAL",
    "endpoint add 10.0.0.9 laminar, EINVAL",
    "endpoint delete id 99, EINVAL",
    "endpoint delete id, EINVAL",
    "endpoint delete 10.0.0.1, EINVAL",
    "endpoint delete id 0, EINVAL",
    "endpoint change id 99 backup, EINVAL",
    "endpoint change id 1, EINVAL",
    "endpoint change id 2 fullmesh, EINVAL",
    "endpoint change id 1 signal, EINVAL",
    "endpoint flush now, EINVAL",
    "endpoint frob, EINVAL",
    "limits set subflows 9, EINVAL",
    "limits set subflows -1, EINVAL",
    "limits set more 1, EINVAL",
    "bogus, EINVAL",
    "'', EINVAL",
  })
  void wrongWords_areErrorsAndChangeNothing(String words, String errno) {
    run("endpoint add 10.0.0.1 id 1 subflow", "endpoint add 10.0.0.2 id 2 signal");
    String before = table.execute("endpoint show") + table.execute("limits show");
    assertThatThrownBy(() -> table.execute(words))
        .isInstanceOfSatisfying(PmException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    assertThat(table.execute("endpoint show") + table.execute("limits show")).isEqualTo(before);
  }
}
