package io.hawser.proof.many;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.EchoHost;
import io.hawser.proof.LoneStack;
import io.hawser.proof.Proof;
import io.hawser.proof.Puppet;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import java.util.Arrays;

/** One that works among ten thousand that do not; and connections that come and go. */
public final class Crowd {
  private static final int IDLE = 10_000;
  private static final int OPENED = 100_000;
  private static final int ROUNDS = 15;
  private static final int PINGS = 400;
  private static final double MOST_RATIO = 1.2;
  private static final double GOAL_BYTES = 4_096;
  private static final double MOST_BYTES = 16_384;
  private static final long SECOND = 1_000_000_000;

  private Crowd() {}

  private static Endpoint from(int i) {
    return new Endpoint(IpAddress.v4(LoneStack.THERE.bits4() + 1 + i / 50_000), 5000 + i % 50_000);
  }

  private static Puppet open(EchoHost host, int i) {
    Puppet peer = new Puppet(host.world(), from(i), EchoHost.SERVICE);
    host.others(peer::hear);
    peer.open();
    return peer;
  }

  /** What a packet costs and what an idle connection holds. */
  public static void oneAmongIdle(Proof proof) {
    ConnectionConfig settings = ConnectionConfig.tcpDefaults();
    try (EchoHost alone = new EchoHost(false, settings);
        EchoHost crowded = new EchoHost(false, settings)) {
      long heap = Proof.heapBytes();
      long pool = crowded.poolBytes();
      for (int i = 0; i < IDLE; i++) {
        open(crowded, i);
        crowded.listener().accept();
      }
      crowded.others(v -> {});
      double each = (double) (Proof.heapBytes() - heap) / IDLE;
      proof.goal("heap bytes of an idle connection", each, GOAL_BYTES);
      proof.atMost("heap bytes of an idle connection", each, MOST_BYTES);
      proof.atMost("native bytes of all that are idle", crowded.poolBytes() - pool, 1 << 20);
      double[] ratios = new double[ROUNDS];
      for (int round = -ROUNDS; round < ROUNDS; round++) {
        boolean first = round % 2 == 0;
        long one = first ? cost(alone) : cost(crowded);
        long other = first ? cost(crowded) : cost(alone);
        if (round >= 0) {
          ratios[round] = first ? (double) other / one : (double) one / other;
        }
      }
      Arrays.sort(ratios);
      proof.atMost(
          "cost of a packet among " + IDLE + " idle connections, by that of one alone",
          ratios[ROUNDS / 2],
          MOST_RATIO);
      alone.end();
      crowded.end();
    }
  }

  private static long cost(EchoHost host) {
    long before = Proof.cpuNs();
    for (int i = 0; i < PINGS; i++) {
      host.ping();
    }
    return Proof.cpuNs() - before;
  }

  /** Half are closed by the peer, half by us, which leaves them in TIME-WAIT for a minute. */
  public static void openedAndClosed(Proof proof) {
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      int count = proof.scaled(OPENED);
      warm(host, 1_000);
      long heap = Proof.heapBytes();
      for (int i = 0; i < count; i++) {
        oneLife(host, 1_000 + i);
        if (i % 1_000 == 999) {
          host.ping();
          host.world().pass(61 * SECOND);
        }
      }
      host.others(v -> {});
      host.world().pass(120 * SECOND);
      host.ping();
      proof.atMost("connections left", host.world().stack().connections().size(), 1);
      proof.atMost("buffers left", host.world().buffers().lentBuffers(), 0);
      proof.atMost("heap bytes left for each", (double) (Proof.heapBytes() - heap) / count, 64);
      host.end();
    }
  }

  private static void warm(EchoHost host, int count) {
    for (int i = 0; i < count; i++) {
      oneLife(host, i);
    }
    host.others(v -> {});
    host.world().pass(120 * SECOND);
  }

  private static void oneLife(EchoHost host, int i) {
    Puppet peer = open(host, i);
    Connection c = host.listener().accept();
    host.world().feed(peer.segment().payload(new byte[10]));
    peer.sendNext(peer.sendNext() + 10);
    host.world().settle();
    if (i % 2 == 0 && c != null) {
      c.close(host.world().nowNs());
      host.world().settle();
    }
    host.world().feed(peer.segment().flags(PacketView.FIN | PacketView.ACK));
    peer.sendNext(peer.sendNext() + 1);
    host.world().settle();
    if (i % 2 != 0 && c != null) {
      c.close(host.world().nowNs());
      host.world().settle();
    }
    host.world().feed(peer.segment());
    host.world().settle();
  }
}
