package io.hawser.core.api;

/**
 * How much a connection holds. A tuned buffer begins small and grows with what is needed, up to its
 * size; one that is not tuned has its size at once.
 *
 * @param sendBytes most application bytes held for sending
 * @param sendTuned whether the send buffer follows the congestion windows
 * @param receiveBytes most memory held for receiving
 * @param receiveTuned whether the receive buffer follows the application's reading
 */
public record Buffers(int sendBytes, boolean sendTuned, int receiveBytes, boolean receiveTuned) {

  /** 4 MiB to send and 6 MiB to receive, both tuned: Linux's tcp_wmem and tcp_rmem. */
  public static final Buffers DEFAULTS = new Buffers(4 << 20, true, 6 << 20, true);

  /** Both sizes as given, at once. */
  public static Buffers fixed(int sendBytes, int receiveBytes) {
    return new Buffers(sendBytes, false, receiveBytes, false);
  }

  /** A size that was asked for (SO_SNDBUF) is no longer tuned. */
  public Buffers withSend(int bytes) {
    return new Buffers(bytes, false, receiveBytes, receiveTuned);
  }

  /** A size that was asked for (SO_RCVBUF) is no longer tuned. */
  public Buffers withReceive(int bytes) {
    return new Buffers(sendBytes, sendTuned, bytes, false);
  }
}
