package io.hawser.sim.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.Workload;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run follows from its scenario and seed alone: here, again, and in another JVM. */
class DeterminismTest {

  /** Loss, jitter, reordering, a queue that overflows, CoDel, a cut, a new address: all at once. */
  private static Scenario scenario(long seed) {
    return Ran.scenario(
        List.of(
            Ran.link("wifi", "rate=8mbit delay=5ms jitter=2ms loss=1% queue=40kb"),
            Ran.link("lte", "rate=4mbit delay=20ms reorder=1%:5ms queue=60kb aqm=codel")),
        new Workload.Bulk(Workload.Flow.BOTH, 1500 * Ran.MS),
        seed,
        Ran.at(400, "wifi", "blackhole"),
        Ran.at(800, "wifi", "restore"),
        Ran.at(1000, "lte", "address"),
        Ran.at(1200, "lte", "rate=1mbit loss=3%"));
  }

  private static String hashes(long seed) {
    Ran ran = Ran.hashed(scenario(seed));
    return ran.packetHash() + " " + ran.eventHash() + " " + ran.steps();
  }

  /** Prints the hashes of a seed. */
  public static void main(String[] arguments) {
    System.out.println(hashes(Long.parseLong(arguments[0])));
  }

  @Test
  void sameSeed_sameEventsAndPackets_anotherSeed_others() {
    Ran first = Ran.hashed(scenario(7));
    Ran again = Ran.hashed(scenario(7));
    assertThat(again.events()).isEqualTo(first.events());
    assertThat(again.packetHash()).isEqualTo(first.packetHash());
    assertThat(Ran.hashed(scenario(8)).packetHash()).isNotEqualTo(first.packetHash());
  }

  @Test
  void anotherJvm_evenWithoutItsCompilers_givesTheSameHashes() throws Exception {
    for (long seed : new long[] {7, 8}) {
      assertThat(elsewhere(seed, "-Xint")).as("seed " + seed + ", -Xint").isEqualTo(hashes(seed));
    }
    assertThat(elsewhere(7, "-XX:hashCode=2", "-XX:+UseSerialGC"))
        .as("seed 7, equal identity hash codes")
        .isEqualTo(hashes(7));
  }

  private static String elsewhere(long seed, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UnlockExperimentalVMOptions");
    command.addAll(List.of(options));
    command.addAll(List.of("-ea", "-cp", classPath()));
    command.addAll(List.of(DeterminismTest.class.getName(), Long.toString(seed)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().reduce("", (before, line) -> line);
  }

  /** Modules are classes to the other JVM. */
  private static String classPath() {
    String modules = System.getProperty("jdk.module.path", "");
    String classes = System.getProperty("java.class.path", "");
    String own =
        DeterminismTest.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return String.join(File.pathSeparator, own, modules, classes);
  }
}
