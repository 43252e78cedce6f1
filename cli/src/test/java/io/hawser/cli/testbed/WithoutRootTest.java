package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.Requirement;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user who may do nothing, and one who may not even have namespaces of his own. */
@NeedsNetworkNamespaces
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WithoutRootTest {
  private static final int NOBODY = 65534;
  private static final String NAME = "u" + ProcessHandle.current().pid();

  @TempDir Path parent;

  private Lab lab;
  private List<String> nobody = List.of();
  private String classes = System.getProperty("java.class.path");

  @BeforeEach
  void becomeNobody() throws Exception {
    lab = new Lab(parent);
    if (Lab.says(0, new ProcessBuilder("cat", "/proc/self/uid_map")).contains("4294967295")) {
      // Whoever is not root here runs all of these tests without rights anyway.
      nobody =
          List.of(
              "setpriv",
              "--reuid=" + NOBODY,
              "--regid=" + NOBODY,
              "--clear-groups",
              "--inh-caps=-all");
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setAttribute(lab.state(), "unix:uid", NOBODY);
      Files.setAttribute(lab.state(), "unix:gid", NOBODY);
      classes = readable();
      List<String> namespaces = new ArrayList<>(nobody);
      namespaces.addAll(List.of("unshare", "-Urnm", "sh", "-c", ": <>/dev/net/tun"));
      Process trial = new ProcessBuilder(namespaces).inheritIO().start();
      Requirement.orSkip(
          trial.waitFor() == 0
              ? ""
              : "users may not make user namespaces and open /dev/net/tun here (sysctl"
                  + " kernel.unprivileged_userns_clone=1, chmod 666 /dev/net/tun)");
    }
  }

  /** The classes where everybody may read them: they are often below root's home. */
  private String readable() throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = parent.resolve(copies.size() + "-" + from.getFileName());
        copy(from, to);
        copies.add(to.toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        Path copy = to.resolve(from.relativize(one).toString());
        Files.copy(one, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  private ProcessBuilder asNobody(List<String> more, String... words) {
    List<String> prefix = new ArrayList<>(nobody);
    prefix.addAll(more);
    return lab.hawser(classes, prefix, words);
  }

  private String says(int status, String... words) throws Exception {
    return Lab.says(status, asNobody(List.of(), words));
  }

  @AfterEach
  void endPrograms() {
    lab.end();
  }

  @Test
  void aTestbed_upUsedAndDown_leavesNothing() throws Exception {
    assertThat(says(0, "testbed", "up", "--name", NAME)).contains("is up");
    assertThat(
            says(0, "testbed", "exec", "--name", NAME, "client", "--", "ping", "-c1", "10.77.0.2"))
        .contains("1 received");
    assertThat(says(0, "testbed", "link", "--name", NAME, "wifi", "set", "loss=2%"))
        .contains("loss=2%");
    assertThat(says(0, "testbed", "mptcp", "--name", NAME, "on")).contains("subflow dev lte");
    assertThat(says(0, "testbed", "status")).contains("testbed " + NAME);
    assertThat(says(0, "testbed", "down", "--name", NAME)).contains("is down");
    lab.isGone(NAME, "after down");
  }

  @Test
  void aRun_inAUserNamespace_measures() throws Exception {
    // As ./hawser starts it.
    Path out = Files.createDirectory(parent.resolve("out"));
    Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
    String yaml =
        """
        title: A second
        topology: wifi-lte
        stacks: [hawser]
        workload: {kind: bulk, flow: download, time: 1s}
        """;
    Path file = Files.writeString(parent.resolve("short.yaml"), yaml);
    ProcessBuilder run =
        asNobody(
            List.of("unshare", "-Urnm"),
            "testbed",
            "run",
            file.toString(),
            "--quiet",
            "-r",
            "1",
            "-o",
            out.toString());
    assertThat(Lab.says(0, run)).contains("report: " + out);
    lab.isGone("run", "after the run");
  }

  @Test
  void namespacesRefused_theMessageNamesTheSimulator() throws Exception {
    // In a user namespace in which no more may be made.
    String none =
        "echo 0 > /proc/sys/user/max_net_namespaces; echo 0 > /proc/sys/user/max_user_namespaces;"
            + " exec \"$@\"";
    List<String> refused = List.of("unshare", "-Ur", "sh", "-ec", none, "sh");
    assertThat(Lab.says(1, asNobody(refused, "testbed", "up", "--name", NAME)))
        .contains("`./hawser sim run", "may make no network namespaces")
        .doesNotContain("Exception");
    lab.isGone(NAME, "after the refusal");
  }
}
