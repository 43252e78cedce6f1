package io.hawser.workload;

import io.hawser.linux.SctpSocket;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a bulk transfer over SCTP, in a process of its own. Tells what happens in lines of
 * words: {@code ready}; {@code sample NS BYTES PRIMARY CWND SRTT-MS}; {@code done BYTES SHA256
 * FIRST-NS LAST-NS STALL-NS}. Times are this machine's nanoTime.
 */
public final class SctpPeer {
  private static final int MESSAGE_BYTES = 32 * 1024;
  private static final long SAMPLE_MS = 100;
  private static final long CONFIRM_NS = 5_000_000_000L;

  /** What a peer is to do. */
  public record Task(
      boolean listens,
      boolean sends,
      List<IpAddress> local,
      List<IpAddress> remote,
      int port,
      long durationNs,
      int minRtoMs,
      int heartbeatMs,
      int pathRetransmissions,
      long seed) {
    public Task {
      local = List.copyOf(local);
      remote = List.copyOf(remote);
    }
  }

  private final Task task;
  private final PrintStream out;
  private final AtomicLong bytes = new AtomicLong();
  private final MessageDigest digest = Sha256.start();
  private final Progress progress = new Progress();
  private volatile boolean over;

  /** Lines go to {@code out}. */
  public SctpPeer(Task task, PrintStream out) {
    this.task = task;
    this.out = out;
  }

  /** Does the task to its end. */
  public void run() throws IOException {
    try (SctpSocket socket =
        SctpSocket.open().bind(task.local(), task.listens() ? task.port() : 0)) {
      socket.times(task.minRtoMs(), 60_000, task.heartbeatMs(), task.pathRetransmissions());
      if (task.listens()) {
        socket.listen();
        say("ready");
        try (SctpSocket accepted = socket.accept()) {
          transfer(accepted);
        }
      } else {
        say("ready");
        socket.connect(task.remote(), task.port());
        transfer(socket);
      }
    }
  }

  private void transfer(SctpSocket socket) throws IOException {
    if (task.sends() && !task.remote().isEmpty()) {
      // Else a listener sends to wherever the first packet happened to come from.
      choosePrimary(socket);
    }
    Thread sampler = Thread.ofPlatform().daemon().name("sctp-samples").start(() -> sample(socket));
    try {
      if (task.sends()) {
        send(socket);
      } else {
        receive(socket);
      }
    } finally {
      over = true;
      sampler.interrupt();
      join(sampler);
    }
    say(
        "done "
            + bytes
            + " "
            + HexFormat.of().formatHex(digest.digest())
            + " "
            + progress.firstNs()
            + " "
            + progress.lastNs()
            + " "
            + progress.longestStallNs());
    if (task.sends()) {
      // The last messages are still under way; the peer's end of the association is our end.
      int left = socket.receive(new byte[1]);
      if (left > 0) {
        throw new IOException("the receiver sent something");
      }
    }
  }

  /** A path can be chosen once its first heartbeat was answered (RFC 9260 section 5.4). */
  private void choosePrimary(SctpSocket socket) throws IOException {
    long limitNs = System.nanoTime() + CONFIRM_NS;
    while (true) {
      try {
        socket.primary(task.remote().getFirst(), task.port());
        if (socket.status().primary().equals(task.remote().getFirst())) {
          return;
        }
      } catch (IOException e) {
        if (System.nanoTime() - limitNs >= 0) {
          throw e;
        }
      }
      if (System.nanoTime() - limitNs >= 0) {
        throw new IOException("no answer from " + task.remote().getFirst());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private void send(SctpSocket socket) throws IOException {
    SplittableRandom random = new SplittableRandom(task.seed());
    byte[] block = new byte[MESSAGE_BYTES];
    long untilNs = System.nanoTime() + task.durationNs();
    while (System.nanoTime() - untilNs < 0) {
      random.nextBytes(block);
      socket.send(block, block.length);
      digest.update(block);
      bytes.addAndGet(block.length);
    }
    socket.shutdownOutput();
  }

  private void receive(SctpSocket socket) throws IOException {
    byte[] block = new byte[4 * MESSAGE_BYTES];
    for (int n = socket.receive(block); n >= 0; n = socket.receive(block)) {
      progress.received(n);
      digest.update(block, 0, n);
      bytes.addAndGet(n);
    }
  }

  private void sample(SctpSocket socket) {
    while (!over) {
      try {
        SctpSocket.Status status = socket.status();
        say(
            "sample "
                + System.nanoTime()
                + " "
                + bytes
                + " "
                + status.primary()
                + " "
                + status.cwndBytes()
                + " "
                + status.smoothedRttMs());
        Thread.sleep(SAMPLE_MS);
      } catch (InterruptedException | IOException e) {
        return;
      }
    }
  }

  private synchronized void say(String line) {
    out.println(line);
    out.flush();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
