package io.hawser.proof;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What follows from keys by RFC 8684, computed a second time, for peers made by hand. */
public final class Keys {
  private Keys() {}

  private static ByteBuffer digest(long key) {
    try {
      byte[] bytes = ByteBuffer.allocate(8).putLong(key).array();
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The token of a key (section 3.2). */
  public static int token(long key) {
    return digest(key).getInt(0);
  }

  /** The initial data sequence number of a key (section 3.1). */
  public static long idsn(long key) {
    return digest(key).getLong(24);
  }

  private static byte[] hmac(long first, long second, byte[] message) {
    try {
      byte[] key = ByteBuffer.allocate(16).putLong(first).putLong(second).array();
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** The HMAC of the third packet of a join (section 3.2). */
  public static byte[] joinProof(long own, long other, int ownNonce, int otherNonce) {
    byte[] message = ByteBuffer.allocate(8).putInt(ownNonce).putInt(otherNonce).array();
    return Arrays.copyOf(hmac(own, other, message), 20);
  }

  /** The HMAC of an ADD_ADDR of an IPv4 address (section 3.4.1). */
  public static long addressProof(long own, long other, int id, int address, int port) {
    byte[] message =
        ByteBuffer.allocate(7).put((byte) id).putInt(address).putShort((short) port).array();
    return ByteBuffer.wrap(hmac(own, other, message)).getLong(24);
  }
}
