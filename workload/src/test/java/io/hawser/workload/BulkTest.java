package io.hawser.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bulk over a pair of sockets on loopback. */
@Timeout(60)
class BulkTest {
  private static CompletableFuture<byte[]> receive(BulkReceiver receiver, Socket socket) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            receiver.run(socket);
            return receiver.sum();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  @Test
  void soManyBytes_arriveWithTheSameSum() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket far = listener.accept()) {
      BulkSender sender = new BulkSender(7);
      BulkReceiver receiver = new BulkReceiver();
      CompletableFuture<byte[]> sum = receive(receiver, far);
      sender.run(near, Long.MAX_VALUE, 3_000_001);
      assertThat(sum.join()).isEqualTo(sender.sum());
      assertThat(sender.sentBytes()).isEqualTo(3_000_001);
      assertThat(receiver.progress().bytes()).isEqualTo(3_000_001);
      assertThat(receiver.progress().lastNs())
          .isGreaterThanOrEqualTo(receiver.progress().firstNs());
    }
  }

  @Test
  void otherSeed_hasAnotherSum() throws IOException {
    byte[][] sums = new byte[2][];
    for (int i = 0; i < 2; i++) {
      try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
          Socket far = listener.accept()) {
        CompletableFuture<byte[]> sum = receive(new BulkReceiver(), far);
        new BulkSender(i).run(near, Long.MAX_VALUE, 100_000);
        sums[i] = sum.join();
      }
    }
    assertThat(sums[0]).isNotEqualTo(sums[1]);
  }

  @Test
  void untilAMoment_endsSoonAfterIt() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket far = listener.accept()) {
      BulkSender sender = new BulkSender(1);
      CompletableFuture<byte[]> sum = receive(new BulkReceiver(), far);
      long untilNs = System.nanoTime() + 100_000_000;
      sender.run(near, untilNs, Long.MAX_VALUE);
      assertThat(System.nanoTime()).isGreaterThanOrEqualTo(untilNs);
      assertThat(sender.sentBytes()).isPositive();
      assertThat(sum.join()).isEqualTo(sender.sum());
    }
  }
}
