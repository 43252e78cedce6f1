package io.hawser.core.pm;

/** A path-manager command that cannot be carried out; {@link #errno} is Linux's name for it. */
public final class PmException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String errno;

  /** With Linux's errno name and words. */
  public PmException(String errno, String message) {
    super(message);
    this.errno = errno;
  }

  /** EINVAL, EEXIST, EBUSY or ERANGE. */
  public String errno() {
    return errno;
  }
}
