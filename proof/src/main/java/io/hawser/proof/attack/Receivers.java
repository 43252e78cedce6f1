package io.hawser.proof.attack;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.EchoHost;
import io.hawser.proof.Proof;
import io.hawser.proof.Puppet;
import io.hawser.wire.PacketView;
import io.hawser.wire.SeqNum;
import java.lang.foreign.MemorySegment;

/** Receivers that lie to get more than their share, or to make the sender's work useless. */
public final class Receivers {
  private static final int FILE_BYTES = 400_000;
  private static final int PIECES = 50;
  private static final long MS = 1_000_000;

  private Receivers() {}

  private static EchoHost sending(int bytes) {
    EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults());
    host.echoes(false);
    Connection c = host.connection();
    c.write(MemorySegment.ofArray(new byte[bytes]), 0, bytes);
    c.wrote(host.world().nowNs());
    host.world().settle();
    return host;
  }

  private static int cwnd(EchoHost host) {
    return host.connection().snapshot().subflows().getFirst().cwndBytes();
  }

  /** Many ACKs for one segment grow the window by no more than its bytes (RFC 3465). */
  public static void division(Proof proof) {
    try (EchoHost host = sending(FILE_BYTES)) {
      Puppet live = host.live();
      int before = cwnd(host);
      int from = live.receiveNext() - 10_000;
      for (int round = 0; round < 3; round++) {
        host.world().pass(20 * MS);
        int heard = live.receiveNext();
        int step = Math.max(1, (heard - from) / (PIECES * 10));
        for (int ack = from + step; SeqNum.lt(ack, heard); ack += step) {
          host.world().feed(live.acking(ack));
        }
        host.world().feed(live.acking(heard));
        host.world().settle();
        from = heard;
      }
      double acked = host.connection().snapshot().bytesAcked();
      proof.atMost("growth of the window by byte acknowledged", (cwnd(host) - before) / acked, 1);
      proof.holds("it grew", cwnd(host) > before);
      host.end();
    }
  }

  /** Acknowledging what is still to come moves nothing. */
  public static void optimism(Proof proof) {
    try (EchoHost host = sending(FILE_BYTES)) {
      Puppet live = host.live();
      int before = cwnd(host);
      long packets = host.world().packetsOut();
      int count = proof.scaled(100_000);
      for (int i = 1; i <= count; i++) {
        host.world().feed(live.acking(live.receiveNext() + 1 + i % 100_000));
      }
      host.world().settle();
      proof.atMost("growth of the window", cwnd(host) - before, 0);
      proof.atMost("packets for it", host.world().packetsOut() - packets, 2_000);
      deliver(proof, host, live.receiveNext() - 10_000);
      host.end();
    }
  }

  /** Honest from now on: the rest must arrive. */
  private static void deliver(Proof proof, EchoHost host, int ignored) {
    Connection c = host.connection();
    for (int i = 0; i < 3_000 && c.snapshot().bytesAcked() < FILE_BYTES; i++) {
      host.world().feed(host.live().segment());
      host.world().pass(20 * MS);
    }
    proof.holds(
        "everything arrives, not only " + c.snapshot().bytesAcked(),
        c.snapshot().bytesAcked() >= FILE_BYTES);
  }

  /** What was told by SACK is forgotten again (RFC 2018 section 8): all must be sent once more. */
  public static void reneging(Proof proof) {
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      host.echoes(false);
      Puppet liar = host.live();
      int first = liar.receiveNext();
      Connection c = host.connection();
      c.write(MemorySegment.ofArray(new byte[FILE_BYTES]), 0, FILE_BYTES);
      c.wrote(host.world().nowNs());
      host.world().settle();
      int heard = liar.receiveNext();
      liar.receiveNext(first);
      for (int i = 0; i < 5; i++) {
        host.world().feed(liar.segment().sack(first + 2_000, heard));
        host.world().pass(10 * MS);
      }
      deliver(proof, host, first);
      host.end();
    }
  }

  /** A peer that takes one byte a segment gets no flood of headers. */
  public static void tinyMss(Proof proof) {
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      host.echoes(false);
      Puppet tiny =
          new Puppet(
              host.world(),
              new io.hawser.wire.Endpoint(io.hawser.proof.LoneStack.THERE, 4100),
              EchoHost.SERVICE);
      host.others(tiny::hear);
      host.world()
          .feed(
              new io.hawser.proof.Segment(tiny.self(), tiny.peer())
                  .flags(PacketView.SYN)
                  .seq(Puppet.ISS)
                  .mss(1));
      host.world().settle();
      tiny.sendNext(Puppet.ISS + 1);
      host.world().feed(tiny.segment());
      host.world().settle();
      Connection c = host.listener().accept();
      proof.holds("it is accepted", c != null);
      if (c != null) {
        c.write(MemorySegment.ofArray(new byte[50_000]), 0, 50_000);
        c.wrote(host.world().nowNs());
        for (int i = 0; i < 500 && c.snapshot().bytesAcked() < 50_000; i++) {
          host.world().settle();
          host.world().feed(tiny.segment());
          host.world().pass(10 * MS);
        }
        proof.holds("it is served", c.snapshot().bytesAcked() == 50_000);
        proof.atMost("segments for each KiB", tiny.segmentsHeard() / 50_000.0 * 1024, 20);
      }
      host.echoes(true);
      host.ping();
      host.end();
    }
  }
}
