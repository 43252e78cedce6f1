package io.hawser.core.pm;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection's memory of paths that failed, so that a subflow killed by a RST or a time-out is
 * opened again, but ever more rarely while it keeps failing. A path that lived longer than its last
 * rest begins afresh.
 */
public final class PathBackoff {
  /** First rest unless told otherwise. */
  public static final long FIRST_NS = 200_000_000L;

  /** Longest rest unless told otherwise. */
  public static final long LONGEST_NS = 60_000_000_000L;

  private static final class Rest {
    final IpAddress local;
    final Endpoint remote;
    long lengthNs;
    long untilNs;
    long openedNs = Long.MAX_VALUE;
    boolean refused;

    Rest(IpAddress local, Endpoint remote) {
      this.local = local;
      this.remote = remote;
    }
  }

  private final long firstNs;
  private final long longestNs;

  /** Most connections never have one. */
  private List<Rest> rests = List.of();

  /** Rests of 0.2 s, 0.4 s, 0.8 s and so on to 60 s. */
  public PathBackoff() {
    this(FIRST_NS, LONGEST_NS);
  }

  /** Rests that double from the first to the longest. */
  public PathBackoff(long firstNs, long longestNs) {
    this.firstNs = firstNs;
    this.longestNs = longestNs;
  }

  /** A subflow between these came up. */
  public void opened(IpAddress local, Endpoint remote, long nowNs) {
    Rest rest = find(local, remote);
    if (rest != null) {
      rest.openedNs = nowNs;
    }
  }

  /** A subflow between these died, or did not come up: by RST, by time-out, as unreachable. */
  public void failed(IpAddress local, Endpoint remote, long nowNs) {
    Rest rest = findOrAdd(local, remote);
    boolean livedLong = rest.openedNs != Long.MAX_VALUE && nowNs - rest.openedNs > rest.lengthNs;
    boolean afresh = rest.lengthNs == 0 || livedLong;
    rest.lengthNs = afresh ? firstNs : Math.min(rest.lengthNs * 2, longestNs);
    rest.untilNs = nowNs + rest.lengthNs;
    rest.openedNs = Long.MAX_VALUE;
    rest.refused = false;
  }

  /**
   * The peer refuses subflows between these and does not call that transient (RFC 8684 section
   * 3.6): the longest rest at once. Linux says so too when its limit is reached, which may pass; so
   * it is not for ever.
   */
  public void refused(IpAddress local, Endpoint remote, long nowNs) {
    Rest rest = findOrAdd(local, remote);
    rest.lengthNs = longestNs;
    rest.untilNs = nowNs + longestNs;
    rest.openedNs = Long.MAX_VALUE;
    rest.refused = true;
  }

  /** No other path is left: what failed, and was not refused, is tried again by then. */
  public void hurry(long latestNs) {
    for (Rest rest : rests) {
      if (!rest.refused) {
        rest.untilNs = Math.min(rest.untilNs, latestNs);
      }
    }
  }

  /** An address came anew or is gone: what is known of paths with it counts no more. */
  public void forget(IpAddress address) {
    rests = new ArrayList<>(rests);
    rests.removeIf(r -> r.local.equals(address) || r.remote.address().equals(address));
  }

  /** True if a subflow between these should not be tried yet. */
  public boolean resting(IpAddress local, Endpoint remote, long nowNs) {
    Rest rest = find(local, remote);
    return rest != null && rest.untilNs > nowNs;
  }

  /** When the next rest is over, or Long.MAX_VALUE: then the path manager should be asked. */
  public long nextNs(long nowNs) {
    long next = Long.MAX_VALUE;
    for (Rest rest : rests) {
      if (rest.untilNs > nowNs) {
        next = Math.min(next, rest.untilNs);
      }
    }
    return next;
  }

  private @Nullable Rest find(IpAddress local, Endpoint remote) {
    for (Rest rest : rests) {
      if (rest.local.equals(local) && rest.remote.equals(remote)) {
        return rest;
      }
    }
    return null;
  }

  private Rest findOrAdd(IpAddress local, Endpoint remote) {
    Rest known = find(local, remote);
    if (known != null) {
      return known;
    }
    Rest rest = new Rest(local, remote);
    if (rests.isEmpty()) {
      rests = new ArrayList<>(2);
    }
    rests.add(rest);
    return rest;
  }
}
