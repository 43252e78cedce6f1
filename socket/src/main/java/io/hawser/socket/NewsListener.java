package io.hawser.socket;

import io.hawser.core.NewsSink;

/**
 * Hears what is new on a connection or a listener. Attach it with {@code Connection.attach} or
 * {@code Listener.attach}, on the loop's thread; an accepted connection may have had news before,
 * so look at its state once after attaching.
 *
 * <p>Called on the loop's thread once a batch: return soon, never block. Waking a waiting thread is
 * what it is for. After the loop has failed or was closed it is called a last time with every bit
 * set.
 */
@FunctionalInterface
public interface NewsListener {
  int READABLE = NewsSink.READABLE;

  int WRITABLE = NewsSink.WRITABLE;

  /** Established, or failed to be. */
  int CONNECTED = NewsSink.CONNECTED;

  /** The stack has forgotten the connection. */
  int CLOSED = NewsSink.CLOSED;

  /** A listener has connections to accept. */
  int ACCEPTABLE = 16;

  /** All of them. */
  int EVERYTHING = READABLE | WRITABLE | CONNECTED | CLOSED | ACCEPTABLE;

  /** {@code what} is a set of bits. */
  void news(int what);
}
