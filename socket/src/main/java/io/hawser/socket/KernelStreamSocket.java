package io.hawser.socket;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NetworkNamespace;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Socket} over the kernel's TCP or MPTCP, in any network namespace. Blocks platform
 * threads; options that MPTCP lacks are refused with a message.
 */
public final class KernelStreamSocket extends Socket {
  private final KernelEnd end;

  private KernelStreamSocket(KernelEnd end) throws SocketException {
    super(end);
    this.end = end;
  }

  /**
   * An unconnected socket.
   *
   * @param namespace null: the program's own
   * @param congestion name of a congestion control; empty: the kernel's default
   */
  public static KernelStreamSocket of(
      @Nullable NetworkNamespace namespace, boolean mptcp, String congestion)
      throws SocketException {
    return new KernelStreamSocket(new KernelEnd(namespace, mptcp, congestion));
  }

  /** The kernel's socket, for its figures. */
  public KernelSocket kernel() throws SocketException {
    return end.kernel();
  }

  /** True while MPTCP is in use; false for plain TCP and after a fallback. */
  public boolean multipath() throws SocketException {
    return end.kernel().isMultipath();
  }
}
