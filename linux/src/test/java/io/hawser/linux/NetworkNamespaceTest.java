package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Namespaces: who is inside, and that nothing keeps them alive. */
@NeedsNetworkNamespaces
@Timeout(30)
class NetworkNamespaceTest {

  @Test
  void run_inside_onlyThatThreadIsThere() {
    String outside = NetworkNamespace.currentId();
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      assertThat(namespace.run(NetworkNamespace::currentId)).isEqualTo(namespace.id());
      assertThat(namespace.id()).isNotEqualTo(outside);
      assertThat(NetworkNamespace.currentId()).isEqualTo(outside);
    }
  }

  @Test
  void exec_seesTheNamespacesInterfacesAlone() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      new Ip(namespace).ip("link add hwdummy0 type veth peer name hwdummy1");
      assertThat(namespace.exec("ip", "-o", "link")).contains("hwdummy0");
      assertThat(Ip.here().ip("-o link")).doesNotContain("hwdummy0");
    }
  }

  @Test
  void close_afterCommandsAndTasks_noThreadStaysInside() throws IOException {
    String id;
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      id = namespace.id();
      namespace.exec("ip", "link");
      namespace.run(() -> {
        Ip.here().ip("link");
        new Ip(namespace).ip("link");
      });
    }
    // A thread that was joined may take the kernel a moment more to end.
    long limitNs = System.nanoTime() + 10_000_000_000L;
    while (namespacesOfThreads().contains(id) && System.nanoTime() - limitNs < 0) {
      Thread.onSpinWait();
    }
    assertThat(namespacesOfThreads()).doesNotContain(id);
  }

  private static List<String> namespacesOfThreads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.map(NetworkNamespaceTest::namespaceOf).toList();
    }
  }

  private static String namespaceOf(Path task) {
    try {
      return Files.readSymbolicLink(task.resolve("ns/net")).toString();
    } catch (IOException e) {
      return "ended";
    }
  }

  @Test
  void sysctl_setInside_outsideUnchanged() {
    String outside = Ip.here().sysctl("net.ipv4.tcp_syn_retries");
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = new Ip(namespace);
      ip.sysctl("net.ipv4.tcp_syn_retries", "2");
      assertThat(ip.sysctl("net/ipv4/tcp_syn_retries")).isEqualTo("2");
      assertThat(Ip.here().sysctl("net.ipv4.tcp_syn_retries")).isEqualTo(outside);
      assertThatThrownBy(() -> ip.sysctl("net.ipv4.hw_no_such", "1"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("hw_no_such");
      assertThatThrownBy(() -> ip.sysctl("net/../../hostname")).isInstanceOf(DeviceException.class);
    }
  }

  @Test
  void exec_commandFails_itsErrorTextIsTold() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      assertThatThrownBy(() -> namespace.exec("ip", "link", "show", "hwnone"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("ip link show hwnone")
          .hasMessageContaining("does not exist");
      assertThatThrownBy(() -> namespace.exec("hw-no-such-program"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("not installed");
    }
  }

  @Test
  void run_taskFails_causeIsKept() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      assertThatThrownBy(() ->
              namespace.run(() -> {
                throw new IOException("from inside");
              }))
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("from inside");
    }
  }

  @Test
  void open_noSuchName_saysSo() {
    assertThatThrownBy(() -> NetworkNamespace.open("hw-none"))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("ENOENT");
    assertThatThrownBy(() -> NetworkNamespace.open("../x")).isInstanceOf(DeviceException.class);
  }

  @Test
  void closed_run_isRefused() {
    NetworkNamespace namespace = NetworkNamespace.anonymous();
    namespace.close();
    namespace.close();
    assertThatThrownBy(() -> namespace.run(NetworkNamespace::currentId))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("closed");
  }
}
