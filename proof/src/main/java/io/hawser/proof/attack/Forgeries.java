package io.hawser.proof.attack;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.proof.EchoHost;
import io.hawser.proof.Keys;
import io.hawser.proof.LoneStack;
import io.hawser.proof.Proof;
import io.hawser.proof.Puppet;
import io.hawser.proof.Segment;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.util.SplittableRandom;

/** Blind attackers: they know the addresses and ports and guess the numbers (RFC 5961). */
public final class Forgeries {
  private static final int FULL = 200_000;
  private static final int WINDOW = 60_000;
  private static final int MOST_ANSWERS = 2_000;
  private static final long SECOND = 1_000_000_000;

  private Forgeries() {}

  private static Segment forged(Puppet live) {
    return new Segment(live.self(), live.peer());
  }

  /** A reset closes only at exactly the next number (section 3.2). */
  public static void resets(Proof proof) {
    SplittableRandom random = new SplittableRandom(1);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      long before = host.world().packetsOut();
      int count = proof.scaled(FULL);
      for (int i = 0; i < count; i++) {
        int off = i % 2 == 0 ? 1 + random.nextInt(WINDOW) : random.nextInt();
        if (off != 0) {
          host.world()
              .feed(forged(host.live()).flags(PacketView.RST).seq(host.live().sendNext() + off));
        }
      }
      host.world().settle();
      proof.atMost("answers", host.world().packetsOut() - before, MOST_ANSWERS);
      host.world().pass(2 * SECOND);
      host.ping();
      host.end();
    }
  }

  /** A SYN never closes (section 4.2). */
  public static void syns(Proof proof) {
    SplittableRandom random = new SplittableRandom(2);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      long before = host.world().packetsOut();
      int count = proof.scaled(FULL);
      for (int i = 0; i < count; i++) {
        int off = i % 2 == 0 ? random.nextInt(WINDOW) : random.nextInt();
        host.world()
            .feed(forged(host.live()).flags(PacketView.SYN).seq(host.live().sendNext() + off));
      }
      host.world().settle();
      proof.atMost("answers", host.world().packetsOut() - before, MOST_ANSWERS);
      host.world().pass(2 * SECOND);
      host.ping();
      host.end();
    }
  }

  /** Data whose acknowledgement is out of range is not taken (section 5.2). */
  public static void data(Proof proof) {
    SplittableRandom random = new SplittableRandom(3);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      int count = proof.scaled(FULL);
      for (int i = 0; i < count; i++) {
        int away = random.nextInt(1 << 24, Integer.MAX_VALUE);
        host.world()
            .feed(
                forged(host.live())
                    .seq(host.live().sendNext() + random.nextInt(WINDOW))
                    .ack(host.live().receiveNext() + (i % 2 == 0 ? away : -away))
                    .payload(new byte[50]));
      }
      host.world().settle();
      host.world().pass(2 * SECOND);
      proof.atMost("forged bytes taken", host.connection().readableBytes(), 0);
      host.ping();
      host.end();
    }
  }

  /** Acknowledgements of what was never sent change nothing. */
  public static void acks(Proof proof) {
    SplittableRandom random = new SplittableRandom(4);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      long acked = host.connection().snapshot().bytesAcked();
      int cwnd = host.connection().snapshot().subflows().getFirst().cwndBytes();
      long before = host.world().packetsOut();
      int count = proof.scaled(FULL);
      for (int i = 0; i < count; i++) {
        host.world()
            .feed(
                forged(host.live())
                    .seq(host.live().sendNext())
                    .ack(host.live().receiveNext() + 1 + random.nextInt(1 << 30))
                    .window(0));
      }
      host.world().settle();
      proof.atMost("answers", host.world().packetsOut() - before, MOST_ANSWERS);
      proof.atMost("bytes acknowledged", host.connection().snapshot().bytesAcked() - acked, 0);
      int grown = host.connection().snapshot().subflows().getFirst().cwndBytes() - cwnd;
      proof.atMost("growth of the window", grown, 0);
      host.world().pass(2 * SECOND);
      host.ping();
      host.end();
    }
  }

  /**
   * Guesses go on for a minute while the client works: challenge ACKs stay few, each connection has
   * its own count (a shared one would tell the attacker of others), and nothing breaks (section 7).
   */
  public static void challenges(Proof proof) {
    SplittableRandom random = new SplittableRandom(6);
    try (EchoHost host = new EchoHost(false, ConnectionConfig.tcpDefaults())) {
      int seconds = Math.max(3, proof.scaled(60));
      long[] answers = new long[1];
      Puppet live = host.live();
      for (int i = 0; i < seconds * 1_000; i++) {
        long before = host.world().packetsOut();
        for (int k = 0; k < 10; k++) {
          int seq = live.sendNext() + 1 + random.nextInt(WINDOW);
          int flags = random.nextBoolean() ? PacketView.RST : PacketView.SYN;
          host.world().feed(forged(live).flags(flags).seq(seq));
        }
        host.world().settle();
        answers[0] += host.world().packetsOut() - before;
        host.world().pass(SECOND / 1_000);
        if (i % 100 == 0) {
          host.ping();
        }
      }
      proof.atMost("answers a second to 10,000 guesses", (double) answers[0] / seconds, 110);
      proof.holds("some are answered", answers[0] > 0);
      host.end();
    }
  }

  /** Addresses without proof lead nowhere; those with one lead to the limit (RFC 8684 3.4.1). */
  public static void addresses(Proof proof) {
    SplittableRandom random = new SplittableRandom(5);
    try (EchoHost host = new EchoHost(true, ConnectionConfig.multipathDefaults())) {
      Puppet live = host.live();
      long[] syns = new long[1];
      host.others(v -> syns[0] += v.has(PacketView.SYN) && !v.has(PacketView.ACK) ? 1 : 0);
      int count = proof.scaled(FULL / 10);
      for (int i = 0; i < count; i++) {
        announce(host, 1 + i % 255, random.nextInt(), random.nextLong());
      }
      host.world().pass(SECOND);
      proof.atMost("SYNs for forged addresses", syns[0], 0);
      for (int id = 1; id < 200; id++) {
        int address = LoneStack.THERE.bits4() + id;
        long good = Keys.addressProof(Puppet.KEY, live.peerKey(), id, address, 0);
        announce(host, id, address, good);
      }
      host.world().pass(SECOND / 2);
      proof.atMost("SYNs for good addresses beyond the limit of 4", syns[0], 4);
      host.ping();
      host.end();
    }
  }

  private static void announce(EchoHost host, int id, int address, long hmac) {
    MptcpOption option = new MptcpOption.AddAddr(false, id, IpAddress.v4(address), 0, hmac);
    host.world().feed(host.live().segment().mptcp(option));
    if (id % 16 == 0) {
      host.world().settle();
    }
  }
}
