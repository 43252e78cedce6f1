package io.hawser.cli.driver;

import java.util.List;

/** A request that fails, with Linux's name for the reason. */
final class SocketError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names with numbers that sockets report; those of x86-64 and arm64. */
  private static final List<String> FROM_88 =
      List.of(
          ("ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT"
                  + " EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN"
                  + " ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN"
                  + " ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY"
                  + " EINPROGRESS")
              .split(" "));

  private final String errno;

  SocketError(String errno, String text) {
    super(text);
    this.errno = errno;
  }

  SocketError(String errno) {
    this(errno, "");
  }

  /** Such as EAGAIN. */
  String errno() {
    return errno;
  }

  /** Linux's number for a name; 5 (EIO) for one not known here. */
  static int number(String errno) {
    int at = FROM_88.indexOf(errno);
    return at >= 0 ? 88 + at : errno.equals("EPIPE") ? 32 : 5;
  }

  @Override
  public String toString() {
    String text = getMessage();
    return text == null || text.isEmpty() ? errno : errno + " " + text;
  }
}
