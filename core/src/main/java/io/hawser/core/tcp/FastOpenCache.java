package io.hawser.core.tcp;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows of servers for Fast Open (RFC 7413 section 4.1.3): cookies and segment sizes
 * by pair of addresses, and paths on which it has failed, ports among them. What was used longest
 * ago is forgotten first.
 */
public final class FastOpenCache {
  /** Most servers, and most failures, that are remembered. */
  public static final int MOST = 1024;

  private static final long FIRST_PAUSE_NS = 60_000_000_000L;
  private static final int MOST_DOUBLINGS = 6;

  private record Hosts(IpAddress local, IpAddress remote) {}

  private record Path(IpAddress local, Endpoint remote) {}

  /**
   * A server's answer.
   *
   * @param cookie its cookie
   * @param mssBytes the segment size it announced, or -1
   */
  private record Known(byte[] cookie, int mssBytes) {}

  private record Failure(int count, long untilNs) {}

  private final Map<Hosts, Known> known = new Recent<>();
  private final Map<Path, Failure> failures = new Recent<>();

  /** A map that keeps what was used last. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > MOST;
    }
  }

  /**
   * What a connection should try: a cookie and data if there is a cookie, else asking for one, or
   * nothing while the path is known not to take it.
   *
   * @param cookies false: data goes without one
   * @param mostCookieBytes the longest cookie that the SYN has room for
   */
  public FastOpen attempt(
      IpAddress local, Endpoint remote, boolean cookies, int mostCookieBytes, long nowNs) {
    Failure failure = failures.get(new Path(local, remote));
    if (failure != null && nowNs < failure.untilNs) {
      return FastOpen.OFF;
    }
    Known server = known.get(new Hosts(local, remote.address()));
    int mss = server == null ? -1 : server.mssBytes;
    if (!cookies) {
      return FastOpen.client(this, local, remote, null, mss);
    }
    byte[] cookie = server == null ? new byte[0] : server.cookie;
    // RFC 7413 section 4.2.2: without room for the option it is a plain handshake.
    return cookie.length > mostCookieBytes
        ? FastOpen.OFF
        : FastOpen.client(this, local, remote, cookie, mss);
  }

  /** A server's cookie, and the segment size it announced or -1. */
  public void learn(IpAddress local, Endpoint remote, byte[] cookie, int mssBytes) {
    known.put(new Hosts(local, remote.address()), new Known(cookie, mssBytes));
  }

  /** The segment size has changed perhaps, the cookie has not. */
  void learnSize(IpAddress local, Endpoint remote, int mssBytes) {
    known.computeIfPresent(
        new Hosts(local, remote.address()), (hosts, old) -> new Known(old.cookie, mssBytes));
  }

  void forget(IpAddress local, Endpoint remote) {
    known.remove(new Hosts(local, remote.address()));
  }

  /** It has failed there: not again for a minute, and twice as long after every failure. */
  void failed(IpAddress local, Endpoint remote, long nowNs) {
    Path path = new Path(local, remote);
    Failure before = failures.get(path);
    int count = before == null ? 0 : Math.min(before.count + 1, MOST_DOUBLINGS);
    failures.put(path, new Failure(count, nowNs + (FIRST_PAUSE_NS << count)));
  }

  void succeeded(IpAddress local, Endpoint remote) {
    failures.remove(new Path(local, remote));
  }

  /** The cookie for a pair of addresses, or null. */
  public byte @Nullable [] cookie(IpAddress local, IpAddress remote) {
    Known server = known.get(new Hosts(local, remote));
    return server == null ? null : server.cookie.clone();
  }

  /** How many servers it has cookies of. */
  public int size() {
    return known.size();
  }
}
