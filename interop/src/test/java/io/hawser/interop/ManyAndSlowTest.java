package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.HawserServerSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many connections at once, slow readers, tiny writes and half closes, with the kernel as the peer.
 */
@NeedsNetworkNamespaces
class ManyAndSlowTest {
  private static final int CONNECTIONS = 300;

  private static byte[] bytes(int count, long seed) {
    byte[] out = new byte[count];
    new Random(seed).nextBytes(out);
    return out;
  }

  private static byte[] readAll(KernelSocket socket) throws IOException {
    byte[] all = new byte[1 << 16];
    int used = 0;
    byte[] block = new byte[1 << 16];
    for (int n = socket.read(block, 0, block.length);
        n >= 0;
        n = socket.read(block, 0, block.length)) {
      if (used + n > all.length) {
        all = Arrays.copyOf(all, (used + n) * 2);
      }
      System.arraycopy(block, 0, all, used, n);
      used += n;
    }
    return Arrays.copyOf(all, used);
  }

  /** What an I/O task gives. */
  private interface Task<T> {
    T run() throws IOException;
  }

  private static <T> CompletableFuture<T> async(ExecutorService threads, Task<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        result.complete(task.run());
      } catch (IOException | RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  private static <T> T within(CompletableFuture<T> future, long seconds) {
    try {
      return future.get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("not done within " + seconds + " s: " + e, e);
    }
  }

  @Test
  void hawserConnects_300AtOnce_allEchoed() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        KernelSocket listener = world.kernelListener(false, true);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      CompletableFuture<?>[] echoes = new CompletableFuture<?>[CONNECTIONS];
      CompletableFuture<?>[] clients = new CompletableFuture<?>[CONNECTIONS];
      CompletableFuture<Integer> accepting =
          async(
              threads,
              () -> {
                for (int i = 0; i < CONNECTIONS; i++) {
                  KernelSocket peer = listener.accept();
                  echoes[i] =
                      async(
                          threads,
                          () -> {
                            try (peer) {
                              byte[] all = readAll(peer);
                              peer.write(all, 0, all.length);
                              peer.shutdownOutput();
                              return all.length;
                            }
                          });
                }
                return CONNECTIONS;
              });
      int port = listener.local().port();
      ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
      for (int i = 0; i < CONNECTIONS; i++) {
        byte[] data = bytes(20_000 + i, i);
        clients[i] =
            async(
                virtual,
                () -> {
                  try (HawserSocket socket = world.hawser.socket()) {
                    socket.connect(
                        KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 20_000);
                    socket.getOutputStream().write(data);
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes()).isEqualTo(data);
                    return data.length;
                  }
                });
      }
      within(CompletableFuture.allOf(clients), 60);
      assertThat(within(accepting, 10)).isEqualTo(CONNECTIONS);
      within(CompletableFuture.allOf(echoes), 20);
      virtual.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void slowReader_eitherSide_nothingIsLost(boolean kernelReads) throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 1);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 10_000);
      try (KernelSocket peer = listener.accept()) {
        byte[] data = bytes(24_000_000, 9);
        Exchange.End writer = kernelReads ? Exchange.of(socket) : Exchange.of(peer);
        Exchange.End reader = kernelReads ? Exchange.of(peer) : Exchange.of(socket);
        CompletableFuture<Integer> sent =
            async(
                threads,
                () -> {
                  writer.write(data, 0, data.length);
                  writer.shutdownOutput();
                  return data.length;
                });
        CompletableFuture<byte[]> got = async(threads, () -> readSlowly(reader, data.length));
        assertThat(within(sent, 60)).isEqualTo(data.length);
        assertThat(Arrays.equals(within(got, 60), data)).isTrue();
      }
    }
  }

  /** Long pauses first, so that the window closes; then as fast as it goes. */
  private static byte[] readSlowly(Exchange.End end, int expected) throws IOException {
    byte[] all = new byte[expected + 1];
    int used = 0;
    int n = 0;
    for (int turn = 0; n >= 0; turn++) {
      if (turn < 20) {
        LockSupport.parkNanos(50_000_000);
      }
      n = end.read(all, used, Math.min(turn < 20 ? 1000 : 60_000, all.length - used));
      used += Math.max(0, n);
    }
    return Arrays.copyOf(all, used);
  }

  @Test
  void oneByteWrites_bothWays_keepTheirOrder() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 10_000);
      socket.setTcpNoDelay(true);
      try (KernelSocket peer = listener.accept()) {
        byte[] data = bytes(20_000, 4);
        CompletableFuture<Integer> up =
            async(
                threads,
                () -> {
                  OutputStream out = socket.getOutputStream();
                  for (byte b : data) {
                    out.write(b);
                  }
                  socket.shutdownOutput();
                  return data.length;
                });
        CompletableFuture<Integer> down =
            async(
                threads,
                () -> {
                  for (int i = 0; i < data.length; i++) {
                    peer.write(data, i, 1);
                  }
                  peer.shutdownOutput();
                  return data.length;
                });
        CompletableFuture<byte[]> atKernel = async(threads, () -> readAll(peer));
        CompletableFuture<byte[]> here =
            async(threads, () -> socket.getInputStream().readAllBytes());
        within(up, 30);
        within(down, 30);
        assertThat(within(atKernel, 30)).isEqualTo(data);
        assertThat(within(here, 30)).isEqualTo(data);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfClose_eitherSideFirst_otherDirectionGoesOn(boolean kernelFirst) throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        HawserServerSocket listener = world.hawser.serverSocket()) {
      listener.bind(KernelPeerTest.java(KernelWorld.hawserAddress(1, false), 0));
      Endpoint to = new Endpoint(KernelWorld.hawserAddress(1, false), listener.getLocalPort());
      try (KernelSocket client = world.kernelClient(to, true);
          HawserSocket socket = (HawserSocket) listener.accept()) {
        byte[] first = bytes(100_000, 1);
        byte[] second = bytes(100_000, 2);
        Exchange.End a = kernelFirst ? Exchange.of(client) : Exchange.of(socket);
        Exchange.End b = kernelFirst ? Exchange.of(socket) : Exchange.of(client);
        a.write(first, 0, first.length);
        a.shutdownOutput();
        assertThat(readToEnd(b, first.length)).isEqualTo(first);
        b.write(second, 0, second.length);
        b.shutdownOutput();
        assertThat(readToEnd(a, second.length)).isEqualTo(second);
      }
    }
  }

  private static byte[] readToEnd(Exchange.End end, int expected) throws IOException {
    byte[] all = new byte[expected + 1];
    int used = 0;
    for (int n = end.read(all, 0, all.length); n >= 0; n = end.read(all, used, all.length - used)) {
      used += n;
    }
    return Arrays.copyOf(all, used);
  }

  @Test
  void kernelPings_stackAnswers() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 1)) {
      String four = world.ip.command("ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "10.91.0.2");
      String six = world.ip.command("ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "fd91::2");
      assertThat(four).contains(" 0% packet loss");
      assertThat(six).contains(" 0% packet loss");
    }
  }

  @Test
  void kernelSendsUdp_portIsUnreachable() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 1)) {
      assertThatThrownBy(() ->
              world.ip.command(
                  "bash", "-c", "(printf x; read -t 2) | socat -t 2 - UDP:10.91.0.2:9"))
          .hasMessageContaining("Connection refused");
    }
  }

  @Test
  void kernelAborts_readerHearsOfIt() throws IOException {
    try (KernelWorld world = KernelWorld.direct(true, 2);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 10_000);
      KernelSocket peer = listener.accept();
      socket.getOutputStream().write(1);
      assertThat(peer.read(new byte[1], 0, 1)).isEqualTo(1);
      peer.abortOnClose();
      peer.close();
      InputStream in = socket.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("reset");
    }
  }
}
