package io.hawser.core;

import io.hawser.core.api.Connection;
import io.hawser.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/** A place where peers connect to. All methods belong to the engine's thread but {@link #local}. */
public interface Listener {
  Endpoint local();

  /** The next established connection, or null. */
  @Nullable Connection accept();

  /** No new connections; those not yet accepted are reset. */
  void close(long nowNs);

  @Nullable Object attachment();

  void attach(@Nullable Object attachment);
}
