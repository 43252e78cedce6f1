package io.hawser.socket;

import io.hawser.core.api.Connection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Tells the loop that an application wrote to or read from a connection; from any thread. Signals
 * that the loop has not yet seen are one, and none allocates.
 */
public final class ConnectionSignal {
  private static final int WROTE = 1;
  private static final int DID_READ = 2;

  private static final VarHandle PENDING;

  static {
    try {
      PENDING = MethodHandles.lookup().findVarHandle(ConnectionSignal.class, "pending", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final StackLoop loop;
  private final Connection connection;

  @SuppressWarnings("unused") // by VarHandle
  private int pending;

  /** The next in the loop's list; written before this is published there. */
  @Nullable ConnectionSignal next;

  ConnectionSignal(StackLoop loop, Connection connection) {
    this.loop = loop;
    this.connection = connection;
  }

  /** After {@link Connection#write}. */
  public void wrote() {
    set(WROTE);
  }

  /** After {@link Connection#read}, if {@link Connection#windowUpdateDue}. */
  public void didRead() {
    set(DID_READ);
  }

  private void set(int bit) {
    if ((int) PENDING.getAndBitwiseOr(this, bit) == 0) {
      loop.push(this);
    }
  }

  /** The loop acts on it; {@link #next} was read before, for this may be pushed again at once. */
  void act(long nowNs) {
    int what = (int) PENDING.getAndSet(this, 0);
    if ((what & WROTE) != 0) {
      connection.wrote(nowNs);
    }
    if ((what & DID_READ) != 0) {
      connection.didRead(nowNs);
    }
  }
}
