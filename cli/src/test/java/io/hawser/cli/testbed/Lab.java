package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.Ip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The program as a person starts it, with a state folder of its own, and what it leaves behind. */
final class Lab {
  private static final long LIMIT_NS = 20_000_000_000L;
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";

  private final Path state;
  private final List<String> before;

  Lab(Path parent) throws IOException {
    state =
        Files.createDirectory(
            parent.resolve("state"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    before = machine();
  }

  Path state() {
    return state;
  }

  /** {@code hawser} with these words; its output and its errors are one stream. */
  ProcessBuilder hawser(String... words) {
    return hawser(System.getProperty("java.class.path"), List.of(), words);
  }

  /** The same with classes that others may read, and words in front of it. */
  ProcessBuilder hawser(String classes, List<String> prefix, String... words) {
    // Whoever starts the tests in the background has its children ignore SIGINT.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dhawser.leftovers=" + state));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classes));
    command.add("io.hawser.cli.Main");
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HAWSER_STATE", state.toString());
    return builder;
  }

  /** Runs it to its end and gives what it said. */
  String says(int status, String... words) throws Exception {
    return says(status, hawser(words));
  }

  static String says(int status, ProcessBuilder builder) throws Exception {
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", builder.command(), said).isEqualTo(status);
    return said;
  }

  /** Ctrl-C, and how it ended. */
  static int interrupt(Process process) throws Exception {
    signal("INT", process.pid());
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it ends after SIGINT").isTrue();
    return process.exitValue();
  }

  static void signal(String signal, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Whether there is a namespace of this testbed. */
  static boolean isThere(String testbed) {
    return !namespaces(testbed).isEmpty();
  }

  private static List<String> namespaces(String testbed) {
    Path folder = Path.of("/run/netns");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(one -> one.getFileName().toString())
          .filter(one -> one.startsWith("hw-" + testbed + "-"))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What belongs to all: a testbed may leave nothing there. */
  private static List<String> machine() {
    Ip here = Ip.here();
    List<String> all = new ArrayList<>();
    all.addAll(here.ip("-o link").lines().map(line -> line.split(":", 3)[1]).toList());
    all.addAll(here.ip("rule").lines().toList());
    all.addAll(here.ip("-6 rule").lines().toList());
    all.addAll(here.ip("route show table all").lines().toList());
    if (Files.exists(Path.of("/proc/sys", ALLOWED))) {
      all.add(here.sysctl(ALLOWED));
    }
    all.add(here.sysctl("net/ipv4/ip_forward"));
    return all;
  }

  /** Nothing of the testbed is there: namespaces, processes, files, changes of the machine. */
  void isGone(String testbed, String moment) {
    await(moment + ": namespaces", () -> namespaces(testbed));
    await(moment + ": processes", this::processes);
    await(moment + ": files", this::files);
    await(
        moment + ": changes of the machine",
        () -> {
          List<String> changes = new ArrayList<>(machine());
          before.forEach(changes::remove);
          return changes;
        });
  }

  /** Until there is none of them. */
  static void await(String as, Supplier<List<String>> left) {
    long limitNs = System.nanoTime() + LIMIT_NS;
    List<String> now = left.get();
    while (!now.isEmpty() && System.nanoTime() - limitNs < 0) {
      LockSupport.parkNanos(10_000_000);
      now = left.get();
    }
    assertThat(now).as(as).isEmpty();
  }

  static void awaitThat(String as, Supplier<Boolean> condition) {
    await(as, () -> condition.get() ? List.of() : List.of("not yet"));
  }

  private List<String> processes() {
    return ours().map(one -> one.info().commandLine().orElse("")).toList();
  }

  private Stream<ProcessHandle> ours() {
    return ProcessHandle.allProcesses()
        .filter(one -> one.info().commandLine().orElse("").contains(state.toString()));
  }

  /** After a test that failed: what it started goes, and takes its testbeds with it. */
  void end() {
    ours().forEach(ProcessHandle::destroy);
    await("what the test has started", this::processes);
  }

  static boolean isSleep(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("sleep");
  }

  List<String> files() {
    try (Stream<Path> all = Files.list(state)) {
      return all.map(Path::toString).sorted().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
