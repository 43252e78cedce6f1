package io.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.linux.Ip;
import io.hawser.linux.NeedsNetworkNamespaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each benchmark for a moment: that it works, not how fast. */
class BenchesTest {
  private static final BenchSettings MOMENT = new BenchSettings(1, 0.2, "cubic");

  static List<Bench> all() {
    return Stream.concat(Benches.all().stream(), Benches.soaks().stream())
        .filter(bench -> !(bench instanceof AllocationBench))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  @NeedsNetworkNamespaces
  void bench_runForAMoment_hasRowsAndLeavesTheMachineAsItWas(Bench bench) throws Exception {
    String before = Ip.here().sysctl("net/ipv4/tcp_allowed_congestion_control");
    List<String> lines = new ArrayList<>();

    List<Row> rows = bench.run(MOMENT, lines::add);

    assertThat(rows)
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.hawser().median()).isGreaterThanOrEqualTo(0));
    assertThat(lines).isNotEmpty();
    assertThat(Ip.here().sysctl("net/ipv4/tcp_allowed_congestion_control")).isEqualTo(before);
  }

  /** Over a million packets, and a hundred thousand super-segments; the command takes a million. */
  @Test
  @NeedsNetworkNamespaces
  void allocation_perPacketAndSuperSegment_isBelow64Bytes() throws Exception {
    List<Row> rows = new AllocationBench(100_000).run(MOMENT, System.out::println);

    rows.forEach(System.out::println);
    assertThat(rows).hasSize(4).allMatch(Row::holds);
  }

  @Test
  @NeedsNetworkNamespaces
  void profile_ofAShortTransfer_namesPlacesOfTheStackAndLeavesTheRecording(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("one.jfr");

    List<String> lines = Profile.run(true, new BenchSettings(1, 1, "cubic"), file);

    assertThat(lines).anyMatch(line -> line.contains("the stack's thread"));
    assertThat(lines).anyMatch(line -> line.contains("StackLoop") || line.contains("TunDevice"));
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void names_ofAll_differ() {
    assertThat(Stream.concat(Benches.all().stream(), Benches.soaks().stream()).map(Bench::name))
        .doesNotHaveDuplicates();
  }

  @Test
  void settings_outOfRange_areRefusedByName() {
    assertThatThrownBy(() -> new BenchSettings(0, 1, "cubic")).hasMessageContaining("runs is 0");
    assertThatThrownBy(() -> new BenchSettings(1, 0, "cubic")).hasMessageContaining("seconds is");
    assertThatThrownBy(() -> new BenchSettings(1, 1, "reno")).hasMessageContaining("congestion");
  }
}
