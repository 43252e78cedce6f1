package io.hawser.proof;

/** Something that was to hold does not. */
public final class ProofException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says what. */
  public ProofException(String what) {
    super(what);
  }

  /** Says what, and what it follows from. */
  public ProofException(String what, Throwable cause) {
    super(what, cause);
  }
}
