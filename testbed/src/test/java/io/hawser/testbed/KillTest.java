package io.hawser.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.Ip;
import io.hawser.linux.NeedsNetworkNamespaces;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever moment a testbed's process is killed at, the next start takes all away. */
@NeedsNetworkNamespaces
class KillTest {
  private static final int MOMENTS = 10;

  @Test
  void killedAtTenRandomMoments_nothingStays(@TempDir Path parent) throws Exception {
    Path folder =
        Files.createDirectory(
            parent.resolve("state"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String name = "k" + ProcessHandle.current().pid();
    String allowed = Ip.here().sysctl("net/ipv4/tcp_allowed_congestion_control");
    for (int n = 0; n < MOMENTS; n++) {
      long killAfterMs = random.nextInt(2500);
      String moment = "seed " + seed + ", moment " + n + ": " + killAfterMs + " ms";
      Process process = start(folder, "io.hawser.testbed.KilledTestbed", name);
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.readLine()).as(moment).isEqualTo("begin");
      assertThat(process.waitFor(killAfterMs, TimeUnit.MILLISECONDS)).as(moment).isFalse();
      process.destroyForcibly().waitFor();
      Process next = start(folder, "io.hawser.testbed.SweepingProgram", name);
      assertThat(next.waitFor(30, TimeUnit.SECONDS)).as(moment).isTrue();
      assertThat(next.exitValue()).as(moment).isZero();
      assertThat(Ip.here().ip("netns list")).as(moment).doesNotContain("hw-" + name + "-");
      assertThat(Ip.here().sysctl("net/ipv4/tcp_allowed_congestion_control"))
          .as(moment)
          .isEqualTo(allowed);
      await(() -> ProcessHandle.allProcesses().noneMatch(one -> isSleeper(one, name)), moment);
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left.toList()).as(moment).isEmpty();
      }
    }
  }

  /** The program that it ran in a host. */
  private static boolean isSleeper(ProcessHandle process, String name) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    return arguments.length == 1 && arguments[0].equals(KilledTestbed.seconds(name));
  }

  private static void await(BooleanSupplier condition, String as) {
    long limitNs = System.nanoTime() + 5_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - limitNs).as(as).isNegative();
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static Process start(Path folder, String main, String name) throws Exception {
    List<String> command = new ArrayList<>(OwnJvm.hawser());
    command.subList(command.size() - 1, command.size()).clear();
    command.add(1, "-Dhawser.leftovers=" + folder);
    command.removeIf(word -> word.startsWith("-Xmx"));
    command.add(main);
    command.add(name);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
