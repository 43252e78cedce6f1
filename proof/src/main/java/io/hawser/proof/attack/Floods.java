package io.hawser.proof.attack;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.EchoHost;
import io.hawser.proof.Keys;
import io.hawser.proof.LoneStack;
import io.hawser.proof.Proof;
import io.hawser.proof.Puppet;
import io.hawser.proof.Segment;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.util.SplittableRandom;

/** Packets that would open something, by the hundred thousand. */
public final class Floods {
  private static final int FULL = 100_000;
  private static final int PING_EVERY = 1_000;
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final int MOST_HALF_OPEN = 4096;
  private static final double MOST_BYTES_HALF_OPEN = 16_384;
  private static final int MOST_SUBFLOWS = 8;

  private Floods() {}

  /** SYNs from everywhere; the live client and a new one are served all the same. */
  public static void syns(Proof proof) {
    SplittableRandom random = new SplittableRandom(1);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      long heap = Proof.heapBytes();
      int count = proof.scaled(FULL);
      int most = 0;
      for (int i = 0; i < count; i++) {
        Endpoint from =
            new Endpoint(IpAddress.v4(0x0b000000 + random.nextInt(1 << 24)), 1024 + i % 60_000);
        host.world()
            .feed(
                new Segment(from, EchoHost.SERVICE)
                    .flags(PacketView.SYN)
                    .seq(random.nextInt())
                    .mss(1460));
        if (i % PING_EVERY == 0) {
          host.ping();
          host.world().pass(MS);
          most = Math.max(most, host.world().stack().connections().size());
        }
      }
      most = Math.max(most, host.world().stack().connections().size());
      host.ping();
      Puppet late = new Puppet(host.world(), new Endpoint(LoneStack.THERE, 4999), EchoHost.SERVICE);
      host.others(late::hear);
      late.open();
      host.world().feed(late.segment().payload(new byte[1]));
      host.world().settle();
      proof.holds("a new client is served in the flood", late.peerAcked() == Puppet.ISS + 2);
      proof.atMost("half-open connections", most, MOST_HALF_OPEN + 1);
      double each = (double) (Proof.heapBytes() - heap) / Math.min(count, MOST_HALF_OPEN);
      proof.atMost("heap bytes for each half-open connection", each, MOST_BYTES_HALF_OPEN);
      proof.atMost("native bytes", host.poolBytes(), 8 << 20);
      host.world().pass(300 * SECOND);
      proof.atMost("connections 5 minutes later", host.world().stack().connections().size(), 2);
      host.ping();
      host.end();
    }
  }

  private static Segment joinSyn(int port, int id, int token) {
    return new Segment(new Endpoint(LoneStack.THERE, port), EchoHost.SERVICE)
        .flags(PacketView.SYN)
        .seq(Puppet.ISS)
        .mss(1000)
        .mptcp(new MptcpOption.MpJoinSyn(false, id & 0xff, token, 77));
  }

  /** Joins to connections that do not exist. */
  public static void badTokens(Proof proof) {
    SplittableRandom random = new SplittableRandom(2);
    try (EchoHost host = new EchoHost(true, ConnectionConfig.multipathDefaults())) {
      long before = host.world().packetsOut();
      int right = Keys.token(host.live().peerKey());
      int count = proof.scaled(FULL);
      for (int i = 0; i < count; i++) {
        int token = random.nextInt();
        host.world().feed(joinSyn(10_000 + i % 50_000, i, token == right ? token + 1 : token));
        if (i % PING_EVERY == 0) {
          host.ping();
        }
      }
      host.world().settle();
      int pings = 4 * (count / PING_EVERY + 1);
      proof.atMost("answers", host.world().packetsOut() - before, 2_000 + pings);
      proof.atMost("connections", host.world().stack().connections().size(), 1);
      host.ping();
      host.end();
    }
  }

  /** Joins with the right token and no proof. */
  public static void badProofs(Proof proof) {
    SplittableRandom random = new SplittableRandom(3);
    try (EchoHost host = new EchoHost(true, ConnectionConfig.multipathDefaults())) {
      int token = Keys.token(host.live().peerKey());
      int count = proof.scaled(FULL / 10);
      int most = 0;
      for (int i = 0; i < count; i++) {
        int port = 10_000 + i % 50_000;
        Puppet forger =
            new Puppet(host.world(), new Endpoint(LoneStack.THERE, port), EchoHost.SERVICE);
        host.others(forger::hear);
        host.world().feed(joinSyn(port, i, token));
        host.world().settle();
        forger.sendNext(Puppet.ISS + 1);
        byte[] bad = new byte[20];
        random.nextBytes(bad);
        host.world().feed(forger.segment().mptcp(new MptcpOption.MpJoinAck(bad)));
        host.world().settle();
        if (i % 100 == 0) {
          host.ping();
          most = Math.max(most, live(host));
        }
      }
      proof.atMost("subflows that live", most, MOST_SUBFLOWS);
      host.world().pass(300 * SECOND);
      proof.atMost("subflows 5 minutes later", live(host), 1);
      host.ping();
      host.end();
    }
  }

  private static int live(EchoHost host) {
    return (int)
        host.connection().snapshot().subflows().stream()
            .filter(s -> !s.state().equals("CLOSED"))
            .count();
  }

  /** Joins with token and proof, more than the limit allows. */
  public static void goodJoins(Proof proof) {
    try (EchoHost host = new EchoHost(true, ConnectionConfig.multipathDefaults())) {
      int token = Keys.token(host.live().peerKey());
      int count = proof.scaled(FULL / 20);
      for (int i = 0; i < count; i++) {
        int port = 10_000 + i;
        Puppet joiner =
            new Puppet(host.world(), new Endpoint(LoneStack.THERE, port), EchoHost.SERVICE);
        host.others(joiner::hear);
        host.world().feed(joinSyn(port, i, token));
        host.world().settle();
        joiner.sendNext(Puppet.ISS + 1);
        byte[] good = Keys.joinProof(Puppet.KEY, host.live().peerKey(), 77, joiner.peerNonce());
        host.world().feed(joiner.segment().mptcp(new MptcpOption.MpJoinAck(good)));
        host.world().settle();
      }
      proof.atMost("subflows, limit 4 beside the first", live(host), 5);
      proof.holds("some joined", live(host) > 1);
      host.connection().closeSubflow(1, host.world().nowNs());
      host.end();
    }
  }
}
