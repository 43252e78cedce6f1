package io.hawser.core.tcp;

import io.hawser.wire.IpAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A server's Fast Open cookies (RFC 7413 section 4.1.2): a keyed hash of both addresses, as Linux
 * makes them. The secret changes from time to time, and the one before it holds for as long again.
 */
public final class FastOpenCookies {
  /** How a cookie stands the test. */
  public enum Test {
    VALID,
    /** Made with the secret before: still good, but a new one is due. */
    AGED,
    INVALID
  }

  private static final int BYTES = 8;
  private static final int KEY_BYTES = 16;

  private final RandomGenerator random;
  private @Nullable SipHash present;
  private @Nullable SipHash former;
  private long changedNs;

  /** Cookies whose secrets come from there; none is drawn before it is needed. */
  public FastOpenCookies(RandomGenerator random) {
    this.random = random;
  }

  /** The cookie for a client's address. */
  public byte[] cookie(IpAddress client, IpAddress server, Secret secret, long nowNs) {
    return bytes(hash(secrets(secret, nowNs), client, server));
  }

  /** Whether a cookie was made here for this client, not too long ago. */
  public Test test(byte[] cookie, IpAddress client, IpAddress server, Secret secret, long nowNs) {
    if (cookie.length != BYTES) {
      return Test.INVALID;
    }
    long said = 0;
    for (int i = BYTES - 1; i >= 0; i--) {
      said = said << 8 | cookie[i] & 0xff;
    }
    if (said == hash(secrets(secret, nowNs), client, server)) {
      return Test.VALID;
    }
    SipHash before = former;
    boolean aged = before != null && said == hash(before, client, server);
    return aged ? Test.AGED : Test.INVALID;
  }

  /**
   * What secrets a server uses.
   *
   * @param key 16 bytes to be used for ever, as servers behind one address need (RFC 7413 section
   *     6.3.4); null: drawn at random
   * @param lifeNs how long one that was drawn is used
   */
  public record Secret(byte @Nullable [] key, long lifeNs) {}

  private SipHash secrets(Secret secret, long nowNs) {
    byte[] key = secret.key();
    if (key != null) {
      former = null;
      return new SipHash(word(key, 0), word(key, KEY_BYTES / 2));
    }
    SipHash now = present;
    long age = nowNs - changedNs;
    if (now == null || age >= secret.lifeNs()) {
      former = age < 2 * secret.lifeNs() ? now : null;
      now = new SipHash(random.nextLong(), random.nextLong());
      present = now;
      changedNs = nowNs;
    }
    return now;
  }

  private static long word(byte[] key, int from) {
    long word = 0;
    for (int i = 7; i >= 0; i--) {
      word = word << 8 | (from + i < key.length ? key[from + i] & 0xff : 0);
    }
    return word;
  }

  /** The addresses as they stand in the packet, in words of the hash: little endian. */
  private static long hash(SipHash hash, IpAddress client, IpAddress server) {
    SipHash begun = hash.begin();
    if (!client.v6()) {
      long from = Integer.toUnsignedLong(Integer.reverseBytes(client.bits4()));
      return begun.add((long) Integer.reverseBytes(server.bits4()) << 32 | from).end();
    }
    return begun
        .add(Long.reverseBytes(client.high()))
        .add(Long.reverseBytes(client.low()))
        .add(Long.reverseBytes(server.high()))
        .add(Long.reverseBytes(server.low()))
        .end();
  }

  private static byte[] bytes(long word) {
    byte[] all = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      all[i] = (byte) (word >>> 8 * i);
    }
    return all;
  }
}
