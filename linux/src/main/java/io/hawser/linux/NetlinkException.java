package io.hawser.linux;

import java.io.IOException;

/** The kernel refused a netlink request; the message has its reason and, where known, a remedy. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  NetlinkException(String what, int errno, String reason) {
    super(what + ": " + Errno.name(errno) + (reason.isEmpty() ? "" : " (" + reason + ")"));
    this.errno = errno;
  }

  /** Linux's error number, such as {@link Errno#EEXIST}. */
  public int errno() {
    return errno;
  }
}
