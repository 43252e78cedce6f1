package io.hawser.core.tcp;

import static io.hawser.wire.PacketView.CWR;
import static io.hawser.wire.PacketView.ECE;

import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * SYN cookies (RFC 4987 section 3.6): the initial sequence number of a SYN/ACK holds what there is
 * to remember, so that a listener whose queue is full answers without keeping anything. What does
 * not fit rides on the timestamp that the peer echoes, as Linux does.
 */
public final class SynCookies {
  /** What was remembered of a SYN. */
  public record Syn(int mss, int windowScale, boolean sack, boolean ecn) {}

  private static final long MINUTE_NS = 60_000_000_000L;
  private static final int MOST_MINUTES = 2;
  private static final int HASH_BITS = 24;
  private static final int HASH_MASK = (1 << HASH_BITS) - 1;
  private static final int[] SIZES = {88, 216, 536, 1220, 1360, 1420, 1440, 1460};
  private static final int STAMP_BITS = 6;
  private static final int NO_SCALE = 15;
  private static final int SACK = 16;
  private static final int ECN = 32;
  private static final long FIXED = 1;
  private static final long MOVING = 2;
  private static final long KEY = 3;

  private final TcpConfig config;
  private final SipHash hash;

  /** Cookies with a secret of their own. */
  public SynCookies(TcpConfig config, long k0, long k1) {
    this.config = config;
    this.hash = new SipHash(k0, k1);
  }

  /** The initial sequence number to answer a SYN with. */
  public int cookie(Endpoint local, Endpoint remote, PacketView syn, long nowNs) {
    int index = 0;
    while (index + 1 < SIZES.length && SIZES[index + 1] <= peerMss(syn)) {
      index++;
    }
    int minute = (int) (nowNs / MINUTE_NS);
    int moving = moving(local, remote, minute, syn.seq) + index & HASH_MASK;
    return fixed(local, remote) + syn.seq + (minute << HASH_BITS) + moving;
  }

  private static int peerMss(PacketView syn) {
    int silent = syn.v6 ? SegmentSize.DEFAULT_MSS6 : SegmentSize.DEFAULT_MSS;
    return syn.mss > 0 ? syn.mss : silent;
  }

  private int fixed(Endpoint local, Endpoint remote) {
    return (int) hash.begin(local, remote).add(FIXED).end();
  }

  private int moving(Endpoint local, Endpoint remote, int minute, int peerSequence) {
    long moment = (long) minute << 32 | Integer.toUnsignedLong(peerSequence);
    return (int) hash.begin(local, remote).add(MOVING).add(moment).end();
  }

  /**
   * The timestamp of the SYN/ACK: the clock's, its low bits replaced, never ahead of the clock. Any
   * value if the peer's SYN had none.
   */
  public int timestamp(PacketView syn, int clock) {
    boolean scales = config.windowScaling && syn.windowScale >= 0;
    boolean ecn = config.ecn != TcpConfig.ECN_OFF && syn.has(ECE | CWR);
    int bits = scales ? Math.min(14, syn.windowScale) : NO_SCALE;
    bits |= (config.sack && syn.sackPermitted ? SACK : 0) | (ecn ? ECN : 0);
    int stamp = clock & -1 << STAMP_BITS | bits;
    return stamp - clock > 0 ? stamp - (1 << STAMP_BITS) : stamp;
  }

  /** What the peer's SYN said, by its timestamp and the one it is answered with. */
  public Syn remembered(PacketView syn, int stamp) {
    return options(peerMss(syn), config.timestamps && syn.hasTimestamp, stamp);
  }

  private static Syn options(int mss, boolean stamped, int stamp) {
    int scale = stamp & 15;
    boolean scales = stamped && scale != NO_SCALE;
    return new Syn(
        mss, scales ? scale : -1, stamped && (stamp & SACK) != 0, stamped && (stamp & ECN) != 0);
  }

  /**
   * What a SYN said, or null if this segment does not acknowledge a cookie of the last two minutes.
   */
  public @Nullable Syn check(Endpoint local, Endpoint remote, PacketView ack, long nowNs) {
    int rest = ack.ack - 1 - (ack.seq - 1) - fixed(local, remote);
    int now = (int) (nowNs / MINUTE_NS);
    int age = now - (rest >>> HASH_BITS) & 0xff;
    if (age >= MOST_MINUTES) {
      return null;
    }
    int index = rest - moving(local, remote, now - age, ack.seq - 1) & HASH_MASK;
    if (index >= SIZES.length) {
      return null;
    }
    return options(SIZES[index], config.timestamps && ack.hasTimestamp, ack.tsEcr);
  }

  /** The window scale to answer with, for a receive buffer of so many bytes. */
  public int windowScale(int capacityBytes) {
    return TcpReceiver.bearableScale(config, capacityBytes);
  }

  /** The MPTCP key that goes with a cookie (RFC 8684 section 3.1: the peer echoes it). */
  public long key(Endpoint local, Endpoint remote, int cookie) {
    return hash.begin(local, remote).add(KEY).add(cookie).end();
  }
}
