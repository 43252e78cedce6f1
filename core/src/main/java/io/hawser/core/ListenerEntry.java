package io.hawser.core;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.tcp.FastOpenQueue;
import io.hawser.wire.Endpoint;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A listener with its queues. */
final class ListenerEntry implements Listener {
  private final Stack stack;
  private final Endpoint local;
  final int backlog;
  final ConnectionConfig config;
  final ArrayDeque<MptcpConnection> ready = new ArrayDeque<>();
  final FastOpenQueue fastOpens = new FastOpenQueue();
  int halfOpen;

  /** When a SYN was last answered with a cookie. */
  long overflowedNs = Long.MIN_VALUE / 2;

  boolean closed;
  boolean newsQueued;
  private volatile @Nullable Object attachment;

  ListenerEntry(Stack stack, Endpoint local, int backlog, ConnectionConfig config) {
    this.stack = stack;
    this.local = local;
    this.backlog = backlog;
    this.config = config;
  }

  /** True if a segment to this endpoint is for the listener. */
  boolean covers(Endpoint at) {
    if (at.port() != local.port()) {
      return false;
    }
    boolean any = local.address().isAny();
    // The unspecified IPv6 address takes IPv4 as well, as on Linux.
    return local.address().equals(at.address())
        || (any && (local.address().v6() || !at.address().v6()));
  }

  @Override
  public Endpoint local() {
    return local;
  }

  @Override
  public @Nullable Connection accept() {
    return ready.poll();
  }

  @Override
  public void close(long nowNs) {
    stack.closeListener(this, nowNs);
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object next) {
    attachment = next;
  }
}
