package io.hawser.socket;

import io.hawser.core.api.Connection.Failure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/** The stack's failures as the exceptions and words of the JDK's own sockets. */
final class Failures {
  private Failures() {}

  static SocketException connecting(Failure failure) {
    return switch (failure) {
      case REFUSED -> new ConnectException("Connection refused");
      case TIMED_OUT -> new ConnectException("Connection timed out");
      case UNREACHABLE -> new NoRouteToHostException("No route to host");
      case ADDRESS_UNAVAILABLE -> new NoRouteToHostException("Cannot assign requested address");
      case RESET -> new ConnectException("Connection reset by peer");
      case NONE, ABORTED -> new SocketException("Socket closed");
    };
  }

  /** {@code words}: what to say of a connection that ended without a failure, or by a reset. */
  static SocketException transferring(Failure failure, String words) {
    return switch (failure) {
      case TIMED_OUT -> new SocketException("Connection timed out");
      case UNREACHABLE -> new NoRouteToHostException("No route to host");
      case RESET, REFUSED -> new SocketException("Connection reset");
      case ABORTED -> new SocketException("Software caused connection abort");
      case NONE, ADDRESS_UNAVAILABLE -> new SocketException(words);
    };
  }
}
