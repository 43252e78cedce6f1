package io.hawser.socket;

import io.hawser.linux.NetworkNamespace;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A {@link ServerSocket} over the kernel's TCP or MPTCP, in any network namespace. */
public final class KernelListenSocket extends ServerSocket {
  private final String congestion;
  private final boolean mptcp;

  private KernelListenSocket(KernelEnd end, boolean mptcp, String congestion) {
    super(end);
    this.mptcp = mptcp;
    this.congestion = congestion;
  }

  /** An unbound server socket; see {@link KernelStreamSocket#of}. */
  public static KernelListenSocket of(
      @Nullable NetworkNamespace namespace, boolean mptcp, String congestion) {
    return new KernelListenSocket(new KernelEnd(namespace, mptcp, congestion), mptcp, congestion);
  }

  @Override
  public KernelStreamSocket accept() throws IOException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
    if (!isBound()) {
      throw new SocketException("Socket is not bound yet");
    }
    KernelStreamSocket accepted = KernelStreamSocket.of(null, mptcp, congestion);
    implAccept(accepted);
    return accepted;
  }
}
