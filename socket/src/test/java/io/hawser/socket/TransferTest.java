package io.hawser.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TransferTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private <T> Future<T> start(Callable<T> task) {
    return threads.submit(task);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytesComeBack(boolean multipath) throws Exception {
    ConnectionConfig settings = ConnectionConfig.multipathDefaults().withMultipath(multipath);
    try (TwoHosts hosts = new TwoHosts(settings);
        HawserServerSocket listening = hosts.listen(7)) {
      Future<Boolean> echo =
          start(() -> {
            try (HawserSocket s = listening.accept()) {
              s.getInputStream().transferTo(s.getOutputStream());
              return s.multipath();
            }
          });
      try (HawserSocket s = hosts.connect(7)) {
        s.getOutputStream().write("hawser".getBytes());
        s.shutdownOutput();
        assertThat(s.getInputStream().readAllBytes()).asString().isEqualTo("hawser");
        assertThat(s.multipath()).isEqualTo(multipath);
      }
      assertThat(echo.get()).isEqualTo(multipath);
    }
  }

  @Test
  void manyMegabytesArriveIntact() throws Exception {
    int size = 40 << 20;
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket listening = hosts.listen(9)) {
      Future<byte[]> sum =
          start(() -> {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (Socket s = listening.accept();
                InputStream in = s.getInputStream()) {
              byte[] buffer = new byte[100_000];
              for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
              }
            }
            return digest.digest();
          });
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (Socket s = hosts.connect(9);
          OutputStream out = s.getOutputStream()) {
        byte[] block = new byte[300_001];
        Random random = new Random(5);
        for (int left = size; left > 0; ) {
          random.nextBytes(block);
          int n = Math.min(left, 1 + random.nextInt(block.length));
          out.write(block, 0, n);
          digest.update(block, 0, n);
          left -= n;
        }
      }
      assertThat(sum.get()).isEqualTo(digest.digest());
    }
  }

  @Test
  void bothDirectionsAtOnce() throws Exception {
    byte[] data = new byte[8 << 20];
    new Random(6).nextBytes(data);
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket listening = hosts.listen(10)) {
      Future<byte[]> far = start(() -> exchange(listening.accept(), data));
      assertThat(exchange(hosts.connect(10), data)).isEqualTo(data);
      assertThat(far.get()).isEqualTo(data);
    }
  }

  private byte[] exchange(Socket socket, byte[] data) throws Exception {
    try (socket) {
      Future<?> writing =
          start(() -> {
            socket.getOutputStream().write(data);
            socket.shutdownOutput();
            return true;
          });
      byte[] got = socket.getInputStream().readAllBytes();
      writing.get();
      return got;
    }
  }

  @Test
  void singleBytesKeepTheirOrder() throws Exception {
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket listening = hosts.listen(11)) {
      Future<byte[]> far =
          start(() -> {
            try (Socket s = listening.accept()) {
              return s.getInputStream().readAllBytes();
            }
          });
      byte[] expected = new byte[50_000];
      try (Socket s = hosts.connect(11)) {
        OutputStream out = s.getOutputStream();
        for (int i = 0; i < expected.length; i++) {
          expected[i] = (byte) (i * 31);
          out.write(expected[i]);
        }
      }
      assertThat(far.get()).isEqualTo(expected);
    }
  }

  @Test
  void threeHundredConnectionsAtOnce() throws Exception {
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket listening = hosts.server.serverSocket()) {
      listening.bind(new InetSocketAddress(TwoHosts.address(TwoHosts.SERVER), 12), 400);
      Future<?> server =
          start(() -> {
            for (int i = 0; i < 300; i++) {
              Socket s = listening.accept();
              Future<?> _ = start(() -> echo(s));
            }
            return true;
          });
      List<Future<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int seed = i;
        clients.add(start(() -> sendsAndGetsBack(hosts, seed)));
      }
      for (Future<Boolean> client : clients) {
        assertThat(client.get(50, TimeUnit.SECONDS)).isTrue();
      }
      server.get();
    }
  }

  private static boolean sendsAndGetsBack(TwoHosts hosts, int seed) throws IOException {
    byte[] data = new byte[20_000];
    new Random(seed).nextBytes(data);
    try (Socket s = hosts.connect(12)) {
      s.getOutputStream().write(data);
      s.shutdownOutput();
      return Arrays.equals(s.getInputStream().readAllBytes(), data);
    }
  }

  private static Object echo(Socket socket) throws IOException {
    try (socket) {
      return socket.getInputStream().transferTo(socket.getOutputStream());
    }
  }

  @Test
  void addressesOfSixBytesGroupsWork() throws Exception {
    try (TwoHosts hosts = new TwoHosts();
        ServerSocket listening = hosts.server.serverSocketFactory().createServerSocket(0)) {
      Future<?> far = start(() -> echo(listening.accept()));
      try (Socket s =
          hosts.client.socketFactory().createSocket("2001:db8::2", listening.getLocalPort())) {
        s.getOutputStream().write(7);
        assertThat(s.getInputStream().read()).isEqualTo(7);
        assertThat(s.getLocalAddress()).isEqualTo(TwoHosts.address("2001:db8::1"));
      }
      far.get();
    }
  }

  @Test
  void theStackTakesItsMemoryBack() throws Exception {
    TwoHosts hosts = new TwoHosts();
    try (HawserServerSocket listening = hosts.listen(13)) {
      Future<?> far = start(() -> echo(listening.accept()));
      try (HawserSocket s = hosts.connect(13)) {
        s.getOutputStream().write(new byte[1 << 20]);
        assertThat(s.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
        assertThat(s.stats().bytesReceived()).isEqualTo(1 << 20);
        assertThat(hosts.client.connections()).hasSize(1);
      }
      far.get();
    }
    hosts.close();
    assertThat(hosts.client.isOpen()).isFalse();
  }
}
