package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.Requirement;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs in the hosts, and what {@code --mptcp} makes of their sockets. */
@NeedsNetworkNamespaces
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecTest {
  private static final String NAME = "e" + ProcessHandle.current().pid();
  private static final Endpoint SERVICE = new Endpoint(IpAddress.parse("10.77.0.2"), 5001);

  @TempDir Path parent;

  @Test
  void mptcpize_makesAPlainProgramUseBothPaths() throws Exception {
    Requirement.program("mptcpize", "mptcpize");
    Requirement.program("curl", "curl");
    Requirement.kernelMptcp();
    Lab lab = new Lab(parent);
    lab.says(0, "testbed", "up", "--name", NAME);
    try {
      lab.says(0, "testbed", "mptcp", "--name", NAME, "on");
      assertThat(subflowsOfCurl(lab, "--mptcp")).isEqualTo(2);
      assertThat(subflowsOfCurl(lab, "")).as("plain TCP").isZero();
      ProcessBuilder without =
          lab.hawser("testbed", "exec", "--name", NAME, "--mptcp", "client", "--", "true");
      without.environment().put("PATH", "/nowhere");
      assertThat(Lab.says(1, without)).contains("apt-get install mptcpize");
      assertThat(lab.says(1, "testbed", "exec", "--name", NAME, "nowhere", "--", "true"))
          .contains("no node 'nowhere'; there are client, server");
      assertThat(
              lab.says(7, "testbed", "exec", "--name", NAME, "client", "--", "sh", "-c", "exit 7"))
          .isEmpty();
      assertThat(
              lab.says(127, "testbed", "exec", "--name", NAME, "client", "--", "no-such-program"))
          .contains("no-such-program");
    } finally {
      lab.says(0, "testbed", "down", "--name", NAME);
    }
    lab.isGone(NAME, "after down");
  }

  /** A server that answers when all subflows are there; 0 if it is plain TCP. */
  private static int subflowsOfCurl(Lab lab, String option) throws Exception {
    try (NetworkNamespace server = NetworkNamespace.open("hw-" + NAME + "-server");
        KernelSocket listener =
            server.run(() -> KernelSocket.open(false, true).bind(SERVICE).listen(4))) {
      ProcessBuilder builder =
          lab.hawser(
              ("testbed exec --name "
                      + NAME
                      + " "
                      + option
                      + " client -- curl -sS --noproxy *"
                      + " --max-time 20 http://10.77.0.2:5001/")
                  .replaceAll(" +", " ")
                  .split(" "));
      Process curl = builder.start();
      try (KernelSocket accepted = listener.timeout(20_000).accept()) {
        byte[] request = new byte[4000];
        assertThat(accepted.timeout(20_000).read(request, 0, request.length)).isPositive();
        if (!option.isEmpty()) {
          Lab.awaitThat("two subflows", () -> accepted.subflows().size() == 2);
        }
        int seen = accepted.isMultipath() ? accepted.subflows().size() : 0;
        byte[] answer =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
                .getBytes(StandardCharsets.UTF_8);
        accepted.write(answer, 0, answer.length);
        String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).endsWith("hello");
        return seen;
      }
    }
  }
}
