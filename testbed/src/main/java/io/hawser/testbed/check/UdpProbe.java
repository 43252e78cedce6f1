package io.hawser.testbed.check;

import io.hawser.testbed.Host;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/** Packets of one size at a rate over one link, and when each came. */
final class UdpProbe {
  private static final int HEADERS = 28;
  private static final int PORT = 9;
  private static final int QUIET_MS = 250;

  /**
   * What came of a probe.
   *
   * @param delaysNs one-way delays of those that came, sorted
   * @param early so many arrivals are not counted for the rate: a token bucket begins with a burst
   * @param spanNs from the first arrival that is counted to the last
   */
  record Result(int sent, int arrived, long[] delaysNs, int early, long spanNs, int packetBytes) {
    /** IP bits a second, the first counted packet's arrival being the clock's start. */
    double bitsPerSecond() {
      return (arrived - early - 1.0) * packetBytes * 8e9 / spanNs;
    }

    /** A quantile of the delays. */
    long delayNs(double quantile) {
      return delaysNs[(int) Math.min(delaysNs.length - 1.0, delaysNs.length * quantile)];
    }
  }

  private final Host from;
  private final Host to;
  private final IpAddress source;
  private final IpAddress target;

  /** From the client to the server over their n-th link. */
  UdpProbe(Host from, Host to, int link) {
    this.from = from;
    this.to = to;
    source = from.kernelAddresses(false).get(link);
    target = to.kernelAddresses(false).get(link);
  }

  private static InetAddress inet(IpAddress address) throws IOException {
    return InetAddress.getByAddress(address.bytes());
  }

  /** Sends packets of {@code packetBytes} (IP) at a rate; the sender spins to be on time. */
  Result run(int packets, int packetBytes, double bitsPerSecond) throws IOException {
    try (DatagramSocket in =
            to.namespace()
                .run(() -> new DatagramSocket(new InetSocketAddress(inet(target), PORT)));
        DatagramSocket out =
            from.namespace()
                .run(() -> new DatagramSocket(new InetSocketAddress(inet(source), 0)))) {
      in.setReceiveBufferSize(16 << 20);
      in.setSoTimeout(5_000);
      Thread sender =
          Thread.ofPlatform()
              .daemon()
              .name("probe-sender")
              .start(() -> send(out, packets, packetBytes, bitsPerSecond));
      long[] delays = new long[packets];
      int arrived = 0;
      int early = packets / 10;
      long firstNs = 0;
      long lastNs = 0;
      DatagramPacket packet = new DatagramPacket(new byte[packetBytes], packetBytes);
      try {
        while (arrived < packets) {
          in.receive(packet);
          lastNs = System.nanoTime();
          delays[arrived] = lastNs - ByteBuffer.wrap(packet.getData()).getLong(0);
          firstNs = arrived <= early ? lastNs : firstNs;
          arrived++;
          if (!sender.isAlive()) {
            in.setSoTimeout(QUIET_MS);
          }
        }
      } catch (SocketTimeoutException e) {
        // Nothing more is under way.
        Thread.yield();
      }
      sender.join();
      long[] sorted = Arrays.copyOf(delays, arrived);
      Arrays.sort(sorted);
      return new Result(
          packets, arrived, sorted, early, Math.max(1, lastNs - firstNs), packetBytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (CompletionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }

  private void send(DatagramSocket out, int packets, int packetBytes, double bitsPerSecond) {
    ByteBuffer bytes = ByteBuffer.allocate(packetBytes - HEADERS);
    double gapNs = packetBytes * 8e9 / bitsPerSecond;
    try {
      DatagramPacket packet =
          new DatagramPacket(bytes.array(), bytes.capacity(), inet(target), PORT);
      long startNs = System.nanoTime();
      for (int i = 0; i < packets; i++) {
        long dueNs = startNs + (long) (i * gapNs);
        for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
          if (left > 200_000) {
            LockSupport.parkNanos(left - 150_000);
          } else {
            Thread.onSpinWait();
          }
        }
        bytes.putLong(0, System.nanoTime());
        out.send(packet);
      }
    } catch (IOException e) {
      System.err.println("probe: " + e.getMessage());
    }
  }
}
