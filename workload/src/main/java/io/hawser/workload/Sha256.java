package io.hawser.workload;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which both ends compare what went through. */
public final class Sha256 {
  private Sha256() {}

  /** A fresh one. */
  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
