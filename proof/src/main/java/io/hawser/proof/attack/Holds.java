package io.hawser.proof.attack;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.EchoHost;
import io.hawser.proof.LoneStack;
import io.hawser.proof.Proof;
import io.hawser.proof.Puppet;
import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Peers by the thousand that hold what they can: windows shut, bytes read one by one. */
public final class Holds {
  private static final int FULL = 2_000;
  private static final int BUFFER_BYTES = 65_536;
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  /** Pools lend buffers that are larger than what is in them; no more than twice. */
  private static final double MOST_NATIVE = 2.5 * BUFFER_BYTES;

  private Holds() {}

  private static ConnectionConfig settings() {
    return ConnectionConfig.tcpDefaults().withBuffers(BUFFER_BYTES, BUFFER_BYTES);
  }

  /** Peers that are connected, each with its connection attached at the same index. */
  private static List<Puppet> crowd(EchoHost host, int count, int window, List<Connection> into) {
    List<Puppet> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Puppet peer =
          new Puppet(host.world(), new Endpoint(LoneStack.THERE, 5000 + i), EchoHost.SERVICE);
      host.others(peer::hear);
      peer.open();
      peer.window(window);
      Connection c = host.listener().accept();
      if (c != null) {
        into.add(c);
      }
      all.add(peer);
    }
    host.others(v -> {
      int index = v.dstPort - 5000;
      if (index >= 0 && index < all.size()) {
        all.get(index).hear(v);
      }
    });
    return all;
  }

  private static void leave(Proof proof, EchoHost host, List<Puppet> peers) {
    for (Puppet peer : peers) {
      host.world().feed(peer.segment().flags(PacketView.RST | PacketView.ACK));
    }
    host.world().settle();
    proof.atMost("connections after they left", host.world().stack().connections().size(), 1);
  }

  /** Windows that stay shut, with full send buffers behind them. */
  public static void zeroWindows(Proof proof) {
    try (EchoHost host = new EchoHost(false, settings())) {
      int count = proof.scaled(FULL);
      List<Connection> connections = new ArrayList<>();
      List<Puppet> peers = crowd(host, count, 0, connections);
      proof.holds("all are accepted", connections.size() == count);
      MemorySegment data = MemorySegment.ofArray(new byte[BUFFER_BYTES]);
      for (int i = 0; i < count; i++) {
        host.world().feed(peers.get(i).segment().window(0));
        connections.get(i).write(data, 0, BUFFER_BYTES);
        connections.get(i).wrote(host.world().nowNs());
      }
      host.world().settle();
      long packets = host.world().packetsOut();
      for (int minute = 0; minute < 5; minute++) {
        host.world().pass(60 * SECOND);
        for (Puppet peer : peers) {
          host.world().feed(peer.segment().window(0));
        }
        host.ping();
      }
      double probes = (host.world().packetsOut() - packets) / (double) count;
      proof.atMost("probes for each in 5 minutes", probes, 60);
      proof.atMost(
          "native bytes for each", host.poolBytes() / (double) count, MOST_NATIVE + 65_536);
      leave(proof, host, peers);
      host.ping();
      host.end();
    }
  }

  /** Readers that take a few bytes a second, while much waits for them. */
  public static void slowReaders(Proof proof) {
    try (EchoHost host = new EchoHost(false, settings())) {
      int count = proof.scaled(FULL);
      List<Connection> connections = new ArrayList<>();
      List<Puppet> peers = crowd(host, count, 10, connections);
      MemorySegment data = MemorySegment.ofArray(new byte[BUFFER_BYTES]);
      for (int i = 0; i < count; i++) {
        host.world().feed(peers.get(i).segment().window(10));
        connections.get(i).write(data, 0, BUFFER_BYTES);
        connections.get(i).wrote(host.world().nowNs());
      }
      long packets = host.world().packetsOut();
      int rounds = 60;
      for (int round = 0; round < rounds; round++) {
        host.world().pass(SECOND);
        for (Puppet peer : peers) {
          host.world().feed(peer.segment().window(10));
        }
        host.ping();
      }
      double each = (host.world().packetsOut() - packets) / (double) count / rounds;
      proof.atMost("segments a second for each", each, 6);
      proof.atMost(
          "native bytes for each", host.poolBytes() / (double) count, MOST_NATIVE + 65_536);
      leave(proof, host, peers);
      host.ping();
      host.end();
    }
  }

  /** One byte a segment, and nobody reads: what is held counts, not what was sent. */
  public static void tinySegments(Proof proof) {
    try (EchoHost host = new EchoHost(false, settings())) {
      host.echoes(false);
      int count = proof.scaled(FULL / 4);
      List<Connection> connections = new ArrayList<>();
      List<Puppet> peers = crowd(host, count, 0xffff, connections);
      for (Puppet peer : peers) {
        for (int i = 0; i < 2_000; i++) {
          // Every second byte is missing, so nothing can be joined.
          host.world().feed(peer.segment().seq(peer.sendNext() + 2 * i + 1).payload(new byte[1]));
        }
        host.world().settle();
      }
      host.world().pass(100 * MS);
      proof.atMost(
          "native bytes for each", host.poolBytes() / (double) count, MOST_NATIVE + 65_536);
      leave(proof, host, peers);
      host.echoes(true);
      host.ping();
      host.end();
    }
  }
}
