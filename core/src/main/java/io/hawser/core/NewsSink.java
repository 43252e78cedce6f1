package io.hawser.core;

import io.hawser.core.api.Connection;

/**
 * Hears which connections have something new; called from {@link Stack#news}, on the engine's
 * thread.
 */
public interface NewsSink {
  /** Bits of {@link #news}. */
  int READABLE = 1;

  int WRITABLE = 2;

  /** Established, or failed to be. */
  int CONNECTED = 4;

  /** Nothing more will happen: the stack has forgotten the connection. */
  int CLOSED = 8;

  /** {@code what} is a set of bits. */
  void news(Connection connection, int what);

  /** A listener has connections to accept. */
  void acceptable(Listener listener);
}
