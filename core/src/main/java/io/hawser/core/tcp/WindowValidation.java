package io.hawser.core.tcp;

/**
 * Congestion window validation (RFC 7661): a window that the application does not fill does not
 * grow, which the congestion controls see to, and is kept for five minutes only.
 */
final class WindowValidation {
  /** Section 4.4: the non-validated period. */
  private static final long PERIOD_NS = 300_000_000_000L;

  private long validatedNs = -1;

  /** One acknowledgement; true if the window has gone unused for a whole period. */
  boolean lapsed(boolean windowLimited, long nowNs) {
    if (windowLimited || validatedNs < 0) {
      validatedNs = nowNs;
      return false;
    }
    if (nowNs - validatedNs < PERIOD_NS) {
      return false;
    }
    validatedNs = nowNs;
    return true;
  }
}
