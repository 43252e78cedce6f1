package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.KernelSocket;
import java.io.IOException;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves bytes both ways between a Hawser socket and a kernel socket at once, closes both
 * directions, and compares digests.
 */
final class Exchange {
  /** One end's reading and writing, whichever stack it is of. */
  interface End {
    void write(byte[] from, int offset, int length) throws IOException;

    int read(byte[] into, int offset, int length) throws IOException;

    void shutdownOutput() throws IOException;
  }

  private final int bytes;
  private final int piece;
  final AtomicLong kernelRead = new AtomicLong();
  final AtomicLong hawserRead = new AtomicLong();
  private long limitSeconds = 60;

  Exchange(int bytes, int piece) {
    this.bytes = bytes;
    this.piece = piece;
  }

  Exchange within(long seconds) {
    limitSeconds = seconds;
    return this;
  }

  static End of(Socket socket) {
    return new End() {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        socket.getOutputStream().write(from, offset, length);
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return socket.getInputStream().read(into, offset, length);
      }

      @Override
      public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
      }
    };
  }

  static End of(KernelSocket socket) {
    return new End() {
      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        socket.write(from, offset, length);
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return socket.read(into, offset, length);
      }

      @Override
      public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
      }
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private String send(End end, long seed) throws IOException {
    MessageDigest digest = sha256();
    Random random = new Random(seed);
    byte[] block = new byte[piece];
    int done = 0;
    while (done < bytes) {
      random.nextBytes(block);
      int count = Math.min(piece, bytes - done);
      digest.update(block, 0, count);
      end.write(block, 0, count);
      done += count;
    }
    end.shutdownOutput();
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String receive(End end, AtomicLong counter) throws IOException {
    MessageDigest digest = sha256();
    byte[] block = new byte[1 << 16];
    for (int n = end.read(block, 0, block.length); n >= 0; n = end.read(block, 0, block.length)) {
      digest.update(block, 0, n);
      counter.addAndGet(n);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private interface Task {
    String run() throws IOException;
  }

  private static CompletableFuture<String> start(ExecutorService threads, Task task) {
    CompletableFuture<String> result = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        result.complete(task.run());
      } catch (IOException | RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  /** Runs it to the end; fails if a byte is wrong, an end has an error, or the time is over. */
  void run(Socket hawser, KernelSocket kernel) {
    ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory());
    try {
      End h = of(hawser);
      End k = of(kernel);
      CompletableFuture<String> upSent = start(threads, () -> send(h, 1));
      CompletableFuture<String> downSent = start(threads, () -> send(k, 2));
      CompletableFuture<String> upGot = start(threads, () -> receive(k, kernelRead));
      CompletableFuture<String> downGot = start(threads, () -> receive(h, hawserRead));
      CompletableFuture.allOf(upSent, downSent, upGot, downGot).get(limitSeconds, TimeUnit.SECONDS);
      assertThat(kernelRead.get()).isEqualTo(bytes);
      assertThat(hawserRead.get()).isEqualTo(bytes);
      assertThat(upGot.join()).isEqualTo(upSent.join());
      assertThat(downGot.join()).isEqualTo(downSent.join());
    } catch (TimeoutException e) {
      throw new AssertionError(
          "after "
              + limitSeconds
              + " s: kernel has "
              + kernelRead
              + ", hawser "
              + hawserRead
              + " of "
              + bytes,
          e);
    } catch (ExecutionException e) {
      throw new AssertionError("an end failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
