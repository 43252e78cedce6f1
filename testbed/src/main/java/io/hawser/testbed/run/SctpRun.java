package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.SctpSocket;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.Topology;
import io.hawser.sim.scenario.Workload;
import io.hawser.testbed.Host;
import io.hawser.testbed.OwnJvm;
import io.hawser.testbed.Testbed;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.workload.SctpPeerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bulk transfer over SCTP with all addresses of both ends: one path carries, the others are idle
 * until it dies. Each end is a process of its own in its host. Times are those that users set for
 * fast failover: RTO.min 200 ms as TCP has it, Path.Max.Retrans 2, heartbeats every second.
 */
final class SctpRun implements WorkloadRun {
  private static final int PORT = 5001;
  private static final long START_SECONDS = 15;

  /** One of the two processes, and what it said. */
  private final class Peer {
    final Process process;
    final CountDownLatch ready = new CountDownLatch(1);
    final List<String> other = new ArrayList<>();
    volatile long bytes;
    volatile String primary = "";
    volatile long cwndBytes;
    volatile long rttNs;
    volatile String @Nullable [] done;
    volatile boolean ended;

    Peer(Host host, List<String> command) {
      process = host.start(new ProcessBuilder(command).redirectErrorStream(true), Map.of());
      Thread.ofPlatform().daemon().name("sctp-" + host.name()).start(this::listen);
    }

    private void listen() {
      try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          String[] words = line.split(" ");
          switch (words[0]) {
            case "ready" -> ready.countDown();
            case "sample" -> {
              bytes = Long.parseLong(words[2]);
              primary = words[3];
              cwndBytes = Long.parseLong(words[4]);
              rttNs = Long.parseLong(words[5]) * 1_000_000;
            }
            case "done" -> {
              bytes = Long.parseLong(words[1]);
              done = words;
            }
            default -> {
              synchronized (other) {
                other.add(line);
              }
            }
          }
        }
      } catch (IOException | RuntimeException e) {
        synchronized (other) {
          other.add(String.valueOf(e.getMessage()));
        }
      } finally {
        ended = true;
        ready.countDown();
      }
    }

    long cpuNs() {
      return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    String said() {
      synchronized (other) {
        return String.join("; ", other);
      }
    }
  }

  private final Testbed testbed;
  private final Workload.Bulk workload;
  private final long seed;
  private @Nullable Peer client;
  private @Nullable Peer server;

  private SctpRun(Testbed testbed, Workload.Bulk workload, long seed) {
    this.testbed = testbed;
    this.workload = workload;
    this.seed = seed;
  }

  static SctpRun of(Testbed testbed, Scenario scenario, int repetition) throws IOException {
    String missing = SctpSocket.missing();
    if (!missing.isEmpty()) {
      throw new IOException(missing);
    }
    if (scenario.workload() instanceof Workload.Bulk bulk && bulk.flow() != Workload.Flow.BOTH) {
      return new SctpRun(testbed, bulk, scenario.seed() + repetition);
    }
    throw new IOException(
        "SCTP is here for bulk transfers in one direction; leave it out of this scenario's stacks");
  }

  private static String text(List<IpAddress> addresses) {
    return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(","));
  }

  @Override
  public void start(long untilNs) throws IOException {
    String here = text(testbed.client().kernelAddresses(false));
    String there = text(testbed.server().kernelAddresses(false));
    boolean download = workload.flow() == Workload.Flow.DOWNLOAD;
    Peer listening = new Peer(testbed.server(), command("listen", download, there, here));
    server = listening;
    await(listening);
    Peer connecting = new Peer(testbed.client(), command("connect", !download, here, there));
    client = connecting;
    await(connecting);
    long limitNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (listening.bytes + connecting.bytes == 0 && System.nanoTime() - limitNs < 0) {
      if (listening.ended || connecting.ended) {
        throw new IOException("SCTP: " + listening.said() + connecting.said());
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private List<String> command(String role, boolean sends, String local, String remote) {
    return OwnJvm.main(
        SctpPeerMain.class.getName(),
        "role=" + role,
        "flow=" + (sends ? "send" : "receive"),
        "local=" + local,
        "remote=" + remote,
        "port=" + PORT,
        "ms=" + workload.durationNs() / 1_000_000,
        "seed=" + seed);
  }

  private static void await(Peer peer) throws IOException {
    try {
      boolean inTime = peer.ready.await(START_SECONDS, TimeUnit.SECONDS);
      if (!inTime || peer.ended) {
        throw new IOException("an end of SCTP did not start: " + peer.said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private @Nullable Peer receiver() {
    return workload.flow() == Workload.Flow.DOWNLOAD ? client : server;
  }

  private @Nullable Peer sender() {
    return workload.flow() == Workload.Flow.DOWNLOAD ? server : client;
  }

  private String name() {
    return workload.flow() == Workload.Flow.DOWNLOAD ? "download" : "upload";
  }

  @Override
  public boolean isDone() {
    Peer receives = receiver();
    Peer sends = sender();
    return receives == null
        || sends == null
        || receives.done != null && sends.done != null
        || receives.ended && receives.done == null;
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    Peer receives = receiver();
    Peer sends = sender();
    if (receives == null || sends == null) {
      return;
    }
    sink.accept(new Event.TransferSample(atNs, name(), receives.bytes));
    Peer onClient = client;
    Peer onServer = server;
    if (onClient != null && onServer != null) {
      sink.accept(new Event.CpuSample(atNs, Topology.CLIENT, onClient.cpuNs()));
      sink.accept(new Event.CpuSample(atNs, Topology.SERVER, onServer.cpuNs()));
    }
    String host = sends == client ? Topology.CLIENT : Topology.SERVER;
    if (!sends.primary.isEmpty()) {
      IpAddress primary = IpAddress.parse(sends.primary);
      String link = testbed.linkOf(primary);
      sink.accept(
          new Event.SubflowSample(
              atNs,
              1,
              host,
              0,
              link,
              new Endpoint(IpAddress.ANY4, PORT),
              new Endpoint(primary, PORT),
              "PRIMARY",
              false,
              sends.bytes,
              0,
              sends.rttNs,
              sends.cwndBytes,
              0,
              0));
    }
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    Peer receives = receiver();
    Peer sends = sender();
    if (receives == null || sends == null) {
      return;
    }
    String[] got = receives.done;
    String[] sent = sends.done;
    boolean verified = got != null && sent != null && got[2].equals(sent[2]);
    String error = patience;
    if (error.isEmpty() && got == null) {
      error = "the association ended: " + receives.said() + sends.said();
    }
    sink.accept(
        new Event.TransferEnded(
            atNs,
            name(),
            receives.bytes,
            got == null ? 0 : Long.parseLong(got[3]),
            got == null ? 0 : Long.parseLong(got[4]),
            got == null ? 0 : Long.parseLong(got[5]),
            verified,
            error));
  }

  @Override
  public void close() {
    for (Peer peer : new Peer[] {client, server}) {
      if (peer != null) {
        peer.process.destroyForcibly();
      }
    }
  }
}
