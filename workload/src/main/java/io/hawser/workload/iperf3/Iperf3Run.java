package io.hawser.workload.iperf3;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.KernelMptcpSocket;
import io.hawser.socket.HawserSocket;
import io.hawser.socket.KernelStreamSocket;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The running part of a test, the same at both ends: streams, seconds, counters. */
final class Iperf3Run {
  private static final long TICK_NS = 2_000_000L;
  private static final long SECOND_NS = 1_000_000_000L;

  private final Iperf3Settings settings;
  private final List<Iperf3Stream> streams;
  private final Consumer<Iperf3Result.Interval> live;
  private final List<Iperf3Result.Interval> intervals = new ArrayList<>();
  private double seconds = 1e-9;

  Iperf3Run(
      Iperf3Settings settings, List<Iperf3Stream> streams, Consumer<Iperf3Result.Interval> live) {
    this.settings = settings;
    this.streams = streams;
    this.live = live;
  }

  /** Runs until {@code over}; a stream that fails ends it with its failure. */
  void until(BooleanSupplier over) throws IOException {
    long startNs = System.nanoTime();
    streams.forEach(Iperf3Stream::start);
    if (settings.omitSeconds() > 0) {
      long omitNs = startNs + settings.omitSeconds() * SECOND_NS;
      while (System.nanoTime() - omitNs < 0 && !over.getAsBoolean()) {
        LockSupport.parkNanos(TICK_NS);
      }
      streams.forEach(Iperf3Stream::omit);
      startNs = System.nanoTime();
    }
    long lastNs = startNs;
    long lastBytes = 0;
    boolean done = false;
    while (!done) {
      LockSupport.parkNanos(TICK_NS);
      done = over.getAsBoolean();
      long nowNs = System.nanoTime();
      if (nowNs - lastNs >= SECOND_NS || done && nowNs - lastNs > SECOND_NS / 10) {
        long bytes = bytes();
        Iperf3Result.Interval interval =
            new Iperf3Result.Interval(
                (lastNs - startNs) / 1e9, (nowNs - startNs) / 1e9, bytes - lastBytes);
        intervals.add(interval);
        live.accept(interval);
        lastNs = nowNs;
        lastBytes = bytes;
      }
      for (Iperf3Stream stream : streams) {
        IOException failure = stream.failure();
        if (failure != null) {
          throw failure;
        }
      }
    }
    if (settings.bytes() > 0) {
      // All was sent; what is still under way belongs to the test.
      long limitNs = System.nanoTime() + SECOND_NS;
      long all = settings.bytes() * settings.connections();
      while (bytes() < all && System.nanoTime() - limitNs < 0) {
        LockSupport.parkNanos(TICK_NS);
      }
    }
    streams.forEach(Iperf3Stream::stop);
    seconds = Math.max(1e-9, (System.nanoTime() - startNs) / 1e9);
  }

  /** Whether a sender is through by its settings. */
  boolean senderIsDone(long startNs) {
    if (settings.bytes() > 0) {
      return streams.stream().filter(Iperf3Stream::sends).allMatch(Iperf3Stream::isDone);
    }
    long wholeNs = (settings.seconds() + settings.omitSeconds()) * SECOND_NS;
    return System.nanoTime() - startNs >= wholeNs;
  }

  /** Whether every stream that the other end sends on has brought what the settings say. */
  boolean receivedAll() {
    return streams.stream()
        .filter(one -> !one.sends())
        .allMatch(one -> one.bytes() >= settings.bytes());
  }

  long bytes() {
    return streams.stream().mapToLong(Iperf3Stream::bytes).sum();
  }

  /** Bytes that this end counted on the streams of one direction. */
  long bytes(boolean fromClient) {
    long sum = 0;
    for (int i = 0; i < streams.size(); i++) {
      sum += settings.clientSends(i) == fromClient ? streams.get(i).bytes() : 0;
    }
    return sum;
  }

  double seconds() {
    return seconds;
  }

  List<Iperf3Result.Interval> intervals() {
    return intervals;
  }

  /** Segments that this end sent again; -1 if it sends nothing, or its sockets do not tell. */
  long retransmits() {
    long sum = 0;
    List<Iperf3Stream> senders = streams.stream().filter(Iperf3Stream::sends).toList();
    if (senders.isEmpty()) {
      return -1;
    }
    for (Iperf3Stream stream : senders) {
      long one = retransmits(stream.socket());
      if (one < 0) {
        return -1;
      }
      sum += one;
    }
    return sum;
  }

  private static long retransmits(Socket socket) {
    try {
      if (socket instanceof HawserSocket hawser) {
        return hawser.stats().subflows().stream()
            .mapToLong(ConnectionStats.SubflowStats::segmentsRetransmitted)
            .sum();
      }
      if (socket instanceof KernelStreamSocket kernel) {
        List<KernelMptcpSocket.Subflow> subflows = kernel.kernel().subflows();
        return subflows.isEmpty()
            ? kernel.kernel().tcpInfo().totalRetransmits()
            : subflows.stream().mapToLong(s -> s.tcp().totalRetransmits()).sum();
      }
      return -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
