package io.hawser.core.api;

/** How a socket or a listener uses TCP Fast Open (RFC 7413). */
public enum FastOpenUse {
  /** It does not. */
  OFF,

  /** A client asks for a cookie, and sends data in the SYN with it; a listener insists on one. */
  WITH_COOKIE,

  /**
   * Data in the SYN without any proof of the client's address (RFC 7413 section 7.3): only where
   * nobody forges addresses.
   */
  WITHOUT_COOKIE
}
