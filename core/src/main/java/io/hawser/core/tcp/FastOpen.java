package io.hawser.core.tcp;

import io.hawser.core.buffer.SendBuffer;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import io.hawser.wire.TcpOptionCodec;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Fast Open of one connection (RFC 7413): what its first SYN or SYN/ACK says of cookies, and data
 * that rides in the SYN. Later SYNs and SYN/ACKs have neither.
 */
public final class FastOpen {
  /** None: the option is neither sent nor heard. */
  public static final FastOpen OFF = new FastOpen(null, null, null, null, -1, false, null);

  private static final int MOST_OPTIONS = 40;
  private static final int DEFAULT_MSS4 = 536;
  private static final int DEFAULT_MSS6 = 1220;
  private static final int MOST_MSS4 = 1460;
  private static final int MOST_MSS6 = 1440;

  private final @Nullable FastOpenCache cache;
  private final @Nullable IpAddress local;
  private final @Nullable Endpoint remote;
  private final byte @Nullable [] cookie;
  private final int mssBytes;
  private final boolean experimental;
  private @Nullable FastOpenQueue queue;
  private final boolean takesData;
  private boolean tried;
  private int sentBytes;
  private int takenBytes;

  private FastOpen(
      @Nullable FastOpenCache cache,
      @Nullable IpAddress local,
      @Nullable Endpoint remote,
      byte @Nullable [] cookie,
      int mssBytes,
      boolean experimental,
      @Nullable FastOpenQueue queue) {
    this.cache = cache;
    this.local = local;
    this.remote = remote;
    this.cookie = cookie;
    this.mssBytes = mssBytes;
    this.experimental = experimental;
    this.queue = queue;
    this.takesData = queue != null;
  }

  /** An attempt with a cookie; without bytes it asks for one; null: data goes without. */
  static FastOpen client(
      FastOpenCache cache,
      IpAddress local,
      Endpoint remote,
      byte @Nullable [] cookie,
      int mssBytes) {
    return new FastOpen(cache, local, remote, cookie, mssBytes, false, null);
  }

  /**
   * The answer to a client.
   *
   * @param cookie what it should use from now on, or null
   * @param experimental whether it asked in the experimental form
   * @param queue where to count the connection if the data of its SYN is taken; null: it is not
   */
  public static FastOpen server(
      byte @Nullable [] cookie, boolean experimental, @Nullable FastOpenQueue queue) {
    return new FastOpen(null, null, null, cookie, -1, experimental, queue);
  }

  // ---- both ----

  /** True if a cookie rides on the SYN/ACK. */
  public boolean givesCookie() {
    return cache == null && cookie != null;
  }

  /** Writes the option, padded, if this SYN or SYN/ACK is to have one; returns the bytes. */
  int write(MemorySegment m, int at, boolean answer, boolean carriesData, int synsSent) {
    byte[] what = cookie;
    boolean asks = what != null && what.length == 0;
    if (what == null
        || synsSent > 0
        || answer != (cache == null)
        || !(answer || asks || carriesData)) {
      return 0;
    }
    tried = true;
    MemorySegment bytes = MemorySegment.ofArray(what);
    int used =
        experimental
            ? TcpOptionCodec.fastOpenExperimental(m, at, bytes)
            : TcpOptionCodec.fastOpen(m, at, bytes);
    return used + TcpOptionCodec.nops(m, at + used, -used & 3);
  }

  // ---- client ----

  /**
   * What of the stream rides in a SYN, or null. RFC 7413 section 4.2.2: only in the first, and only
   * beside a cookie if cookies are used.
   */
  @Nullable TxRange ride(SendBuffer data, int synsSent, int advertisedMss, boolean v6) {
    byte[] key = cookie;
    boolean asks = key != null && key.length == 0;
    if (cache == null || asks || synsSent > 0) {
      return null;
    }
    int most = v6 ? MOST_MSS6 : MOST_MSS4;
    int unknown = key == null ? most : v6 ? DEFAULT_MSS6 : DEFAULT_MSS4;
    int theirs = mssBytes > 0 ? Math.min(mssBytes, most) : unknown;
    long room = Math.min(theirs, advertisedMss) - MOST_OPTIONS;
    TxRange range = new TxRange();
    range.ssn = 1;
    range.length = (int) Math.min(room, data.writtenOffset());
    range.mapSsn = 1;
    range.mapLength = range.length;
    return range.length > 0 ? range : null;
  }

  void rode(int bytes) {
    tried = true;
    sentBytes = Math.max(sentBytes, bytes);
  }

  /** Payload bytes that the SYN carried. */
  public int sentBytes() {
    return sentBytes;
  }

  /** Payload bytes of the SYN that the peer has acknowledged with it. */
  public int takenBytes() {
    return takenBytes;
  }

  /** The SYN is acknowledged up to here: both ends' part of the handshake is done. */
  void opened(long ackSsn) {
    takenBytes = (int) Math.clamp(ackSsn - 1, 0, sentBytes);
    leaveQueue();
  }

  /**
   * The SYN/ACK tells whether it worked (RFC 7413 sections 4.1.3.1 and 4.2.1).
   *
   * @param synsSent how many SYNs have left; only the first had the option
   */
  void answered(PacketView synAck, int synsSent, long nowNs) {
    FastOpenCache all = cache;
    IpAddress from = local;
    Endpoint to = remote;
    if (all == null || from == null || to == null || !tried) {
      return;
    }
    boolean given = synAck.fastOpenLength > 0;
    if (given) {
      all.learn(from, to, synAck.fastOpenCookie(), synAck.mss);
    } else {
      all.learnSize(from, to, synAck.mss);
    }
    if (given || takenBytes > 0) {
      all.succeeded(from, to);
    } else if (synsSent == 1) {
      // No cookie and no data taken: that server does not do it, or not with this cookie.
      all.forget(from, to);
      all.failed(from, to, nowNs);
    }
  }

  /** No answer to the SYN that had the option in time: something on the path may swallow those. */
  void unanswered(int synsSent, long nowNs) {
    if (synsSent == 1) {
      failed(nowNs);
    }
  }

  /** No connection came of it. */
  void failed(long nowNs) {
    if (cache != null && local != null && remote != null && tried) {
      cache.failed(local, remote, nowNs);
    }
  }

  // ---- server ----

  /** True if the data of the SYN goes to the application before the handshake is over. */
  public boolean takesData() {
    return takesData;
  }

  /** It has been taken. */
  void took() {
    if (queue != null) {
      queue.begun();
    }
  }

  /** The handshake was reset. */
  void reset(long nowNs) {
    if (queue != null) {
      queue.reset(nowNs);
      queue = null;
    }
  }

  /** The handshake is over, one way or the other. */
  void leaveQueue() {
    if (queue != null) {
      queue.done();
      queue = null;
    }
  }
}
