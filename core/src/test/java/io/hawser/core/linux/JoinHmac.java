package io.hawser.core.linux;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** RFC 8684 sections 3.1 and 3.2 in the JDK's cryptography, apart from the code that is tested. */
final class JoinHmac {
  private JoinHmac() {}

  /** The HMAC that an end sends whose key and nonce come first. */
  static byte[] of(long ownKey, long otherKey, int ownNonce, int otherNonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] secret = ByteBuffer.allocate(16).putLong(ownKey).putLong(otherKey).array();
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return mac.doFinal(ByteBuffer.allocate(8).putInt(ownNonce).putInt(otherNonce).array());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The number of the first data byte of a sender with this key. */
  static long firstDsn(long key) {
    return hash(key).getLong(24) + 1;
  }

  static int token(long key) {
    return hash(key).getInt(0);
  }

  private static ByteBuffer hash(long key) {
    try {
      byte[] bytes = ByteBuffer.allocate(8).putLong(key).array();
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static boolean begins(byte[] hmac, byte[] prefix) {
    return Arrays.equals(hmac, 0, prefix.length, prefix, 0, prefix.length);
  }
}
