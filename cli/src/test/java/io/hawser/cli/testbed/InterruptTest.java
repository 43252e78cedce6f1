package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.NeedsNetworkNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Whatever ends the programs, a testbed goes as a whole. */
@NeedsNetworkNamespaces
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptTest {
  private static final int MOMENTS = 8;
  private static final String NAME = "i" + ProcessHandle.current().pid();

  @TempDir Path parent;

  private Lab lab;

  @BeforeEach
  void makeLab() throws IOException {
    lab = new Lab(parent);
  }

  @AfterEach
  void endPrograms() {
    lab.end();
  }

  @Test
  void upInterrupted_atAnyMoment_leavesNothing() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    long fromNs = System.nanoTime();
    lab.says(0, "testbed", "up", "--name", NAME);
    long tookMs = (System.nanoTime() - fromNs) / 1_000_000;
    assertThat(lab.says(0, "testbed", "down", "--name", NAME)).contains("is down");
    lab.isGone(NAME, "after down");
    int interrupted = 0;
    for (int n = 0; n < MOMENTS; n++) {
      // One in each part of the time, so that the JVM's start does not have them all.
      long afterMs = (long) ((n + random.nextDouble()) / MOMENTS * tookMs);
      String moment = "seed " + seed + ", " + afterMs + " of " + tookMs + " ms";
      Process up = lab.hawser("testbed", "up", "--name", NAME).start();
      boolean ended = up.waitFor(afterMs, TimeUnit.MILLISECONDS);
      int status = ended ? 0 : Lab.interrupt(up);
      String said = new String(up.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!ended && !said.contains("is up")) {
        assertThat(status).as(moment).isNotZero();
      }
      assertThat(said).as(moment).doesNotContain("Exception", "\tat ");
      if (said.contains("is up")) {
        // Too late to be interrupted: it is there, and whole.
        assertThat(lab.says(0, "testbed", "down", "--name", NAME)).contains("is down");
      } else {
        interrupted++;
      }
      lab.isGone(NAME, moment);
    }
    assertThat(interrupted).isGreaterThan(MOMENTS / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run single-path -s tcp", "compare link-cut -s tcp,hawser"})
  void runInterrupted_leavesNothing(String words) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int n = 0; n < 2; n++) {
      ProcessBuilder builder =
          lab.hawser(("testbed " + words + " -r 1 --quiet -o " + parent).split(" "));
      Process run = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      String name = "run" + run.pid();
      Lab.awaitThat("the testbed of " + words, () -> Lab.isThere(name) || !run.isAlive());
      assertThat(run.isAlive()).isTrue();
      long afterMs = n * 1000L + random.nextInt(1000);
      assertThat(run.waitFor(afterMs, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(Lab.interrupt(run)).isNotZero();
      lab.isGone(name, words + ", seed " + seed + ", " + afterMs + " ms");
    }
  }

  private long up(String name) throws Exception {
    lab.says(0, "testbed", "up", "--name", name);
    String status = lab.says(0, "testbed", "status", "--json", "--name", name);
    return JsonMapper.shared().readTree(status).path("pid").asLong();
  }

  @Test
  void ownerTerminatedOrKilled_leavesNothing_norItsPrograms() throws Exception {
    for (String signal : List.of("TERM", "INT", "KILL")) {
      long owner = up(NAME);
      Process sleeper =
          lab.hawser("testbed", "exec", "--name", NAME, "client", "--", "sleep", "1000").start();
      Lab.awaitThat("the program runs", () -> sleeper.descendants().anyMatch(Lab::isSleep));
      Lab.signal(signal, owner);
      Lab.awaitThat("the owner ends", () -> ProcessHandle.of(owner).isEmpty());
      if (signal.equals("KILL")) {
        assertThat(lab.says(0, "testbed", "status"))
            .contains("removed what was left: netns hw-" + NAME + "-client", "no testbed is up");
      }
      assertThat(sleeper.waitFor(20, TimeUnit.SECONDS)).as("its program ends").isTrue();
      lab.isGone(NAME, signal);
    }
  }

  @Test
  void graphInterrupted_leavesTheTestbed_andTwoLiveSideBySide() throws Exception {
    up(NAME + "a");
    up(NAME + "b");
    Process graph = lab.hawser("testbed", "graph", "--json", "--name", NAME + "a").start();
    try (BufferedReader lines = graph.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).startsWith("{");
      Lab.interrupt(graph);
    }
    assertThat(lab.says(0, "testbed", "status")).contains("testbed " + NAME + "a", NAME + "b");
    lab.says(0, "testbed", "link", "--name", NAME + "a", "wifi", "down");
    assertThat(lab.says(1, "testbed", "up", "--name", NAME + "a")).contains("is up already");
    lab.says(0, "testbed", "down", "--name", NAME + "a");
    assertThat(Lab.isThere(NAME + "a")).isFalse();
    assertThat(lab.says(0, "testbed", "status", "--name", NAME + "b")).contains("wifi", ", up,");
    assertThat(ping(NAME + "b", "10.77.1.1")).contains("1 received");
    lab.says(0, "testbed", "down", "--all");
    lab.isGone(NAME, "after down --all");
  }

  private String ping(String name, String from) throws Exception {
    return lab.says(
        0,
        "testbed",
        "exec",
        "--name",
        name,
        "client",
        "--",
        "ping",
        "-c1",
        "-I",
        from,
        "10.77.0.2");
  }
}
