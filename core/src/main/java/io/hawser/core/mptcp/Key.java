package io.hawser.core.mptcp;

import io.hawser.wire.IpAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One end's key of an MPTCP connection and what follows from it (RFC 8684 sections 3.1, 3.2 and
 * 3.4.1).
 *
 * @param value the 64 bits exchanged in MP_CAPABLE
 * @param token most significant 32 bits of the key's SHA-256
 * @param idsn least significant 64 bits of the key's SHA-256: the initial data sequence number
 */
record Key(long value, int token, long idsn) {

  static Key of(long value) {
    ByteBuffer digest = ByteBuffer.wrap(sha256(ByteBuffer.allocate(8).putLong(value).array()));
    return new Key(value, digest.getInt(0), digest.getLong(24));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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

  /** What the side with key {@code own} proves in a join: HMAC over both nonces, own first. */
  static byte[] joinHmac(Key own, Key other, int ownNonce, int otherNonce) {
    byte[] message = ByteBuffer.allocate(8).putInt(ownNonce).putInt(otherNonce).array();
    return hmac(own.value, other.value, message);
  }

  /** Leftmost 160 bits, for the third ACK. */
  static byte[] left160(byte[] hmac) {
    return Arrays.copyOf(hmac, 20);
  }

  /** Leftmost 64 bits, for the SYN/ACK. */
  static long left64(byte[] hmac) {
    return ByteBuffer.wrap(hmac).getLong();
  }

  /** Rightmost 64 bits of the HMAC that proves an ADD_ADDR of the side with key {@code own}. */
  static long addressHmac(Key own, Key other, int id, IpAddress address, int port) {
    byte[] bytes = address.bytes();
    byte[] message =
        ByteBuffer.allocate(3 + bytes.length)
            .put((byte) id)
            .put(bytes)
            .putShort((short) port)
            .array();
    return ByteBuffer.wrap(hmac(own.value, other.value, message)).getLong(24);
  }
}
