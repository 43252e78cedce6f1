package io.hawser.testbed.daemon;

import io.hawser.testbed.TestbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs in the hosts of a testbed, with this terminal. */
public final class NodePrograms {
  private static final Path OWN_USERS = Path.of("/proc/self/ns/user");

  private NodePrograms() {}

  /** Runs a program to its end; its exit status. */
  public static int run(String testbed, String node, List<String> program, boolean mptcp)
      throws IOException, InterruptedException {
    TestbedState state;
    try (TestbedClient client = TestbedClient.connect(testbed)) {
      state = client.status();
    }
    List<String> command = new ArrayList<>(List.of("nsenter"));
    Path users = Path.of("/proc", Long.toString(state.pid()), "ns", "user");
    if (!Files.readSymbolicLink(users).equals(Files.readSymbolicLink(OWN_USERS))) {
      // Made without root: its hosts are reached through its user namespace.
      command.addAll(List.of("--user=" + users, "--preserve-credentials"));
    }
    command.addAll(List.of("--net=" + namespace(state, node), "--"));
    if (mptcp) {
      if (!onPath("mptcpize")) {
        throw new TestbedException(
            "--mptcp needs mptcpize, which makes a program's TCP sockets MPTCP ones; install the"
                + " package mptcpize (Debian: apt-get install mptcpize)");
      }
      command.addAll(List.of("mptcpize", "run"));
    }
    command.addAll(program);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static String namespace(TestbedState state, String node) throws TestbedException {
    List<String> names = new ArrayList<>();
    for (TestbedState.Node one : state.nodes()) {
      names.add(one.name());
      if (one.name().equals(node)) {
        return one.namespace();
      }
    }
    throw new TestbedException("no node '" + node + "'; there are " + String.join(", ", names));
  }

  private static boolean onPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
