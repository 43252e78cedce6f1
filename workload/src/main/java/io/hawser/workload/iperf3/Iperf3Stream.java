package io.hawser.workload.iperf3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One data connection of a test, and its counters. */
final class Iperf3Stream {
  private final int id;
  private final Socket socket;
  private final boolean sends;
  private final Iperf3Settings settings;
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean stopping;
  private volatile @Nullable IOException failure;
  private volatile boolean done;
  private long omittedBytes;

  Iperf3Stream(int index, Socket socket, boolean sends, Iperf3Settings settings) {
    // iperf3 numbers its streams 1, 3, 4, 5...
    this.id = index == 0 ? 1 : index + 2;
    this.socket = socket;
    this.sends = sends;
    this.settings = settings;
  }

  void start() {
    Thread.ofPlatform().daemon().name("iperf3-stream-" + id).start(this::run);
  }

  private void run() {
    try {
      if (sends) {
        send();
      } else {
        receive();
      }
    } catch (IOException e) {
      if (!stopping) {
        failure = e;
      }
    } finally {
      done = true;
    }
  }

  private void send() throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] block = new byte[settings.blockBytes()];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) (i % 10 + '0');
    }
    long startNs = System.nanoTime();
    while (!stopping && (settings.bytes() == 0 || bytes.get() < settings.bytes())) {
      if (settings.bitsPerSecond() > 0) {
        long dueNs = startNs + (long) (bytes.get() * 8e9 / settings.bitsPerSecond());
        for (long left = dueNs - System.nanoTime();
            left > 0 && !stopping;
            left = dueNs - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
      }
      out.write(block);
      bytes.addAndGet(block.length);
    }
  }

  private void receive() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] block = new byte[Math.max(settings.blockBytes(), 64 << 10)];
    for (int n = in.read(block); n >= 0 && !stopping; n = in.read(block)) {
      bytes.addAndGet(n);
    }
  }

  /** What was counted so far does not count. */
  void omit() {
    omittedBytes = bytes.get();
  }

  long bytes() {
    return bytes.get() - omittedBytes;
  }

  boolean sends() {
    return sends;
  }

  int id() {
    return id;
  }

  boolean isDone() {
    return done;
  }

  Socket socket() {
    return socket;
  }

  @Nullable IOException failure() {
    return failure;
  }

  void stop() {
    stopping = true;
  }

  void close() throws IOException {
    stopping = true;
    socket.close();
  }
}
