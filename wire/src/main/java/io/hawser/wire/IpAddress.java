package io.hawser.wire;

import java.util.Arrays;

/**
 * An IPv4 or IPv6 address as a value of two longs; no name is ever resolved.
 *
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits of an IPv6 address; the 32 bits of an IPv4 address, unsigned
 * @param v6 whether the address is IPv6
 */
public record IpAddress(long high, long low, boolean v6) {

  /** 0.0.0.0. */
  public static final IpAddress ANY4 = new IpAddress(0, 0, false);

  /** The unspecified IPv6 address. */
  public static final IpAddress ANY6 = new IpAddress(0, 0, true);

  /** An IPv4 address from its 32 bits, big endian. */
  public static IpAddress v4(int bits) {
    return new IpAddress(0, Integer.toUnsignedLong(bits), false);
  }

  /** An IPv6 address from its halves. */
  public static IpAddress v6(long high, long low) {
    return new IpAddress(high, low, true);
  }

  /** From 4 or 16 bytes in network order. */
  public static IpAddress of(byte[] bytes) {
    return switch (bytes.length) {
      case 4 -> new IpAddress(0, number(bytes, 0, 4), false);
      case 16 -> new IpAddress(number(bytes, 0, 8), number(bytes, 8, 8), true);
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    };
  }

  private static long number(byte[] bytes, int from, int count) {
    long value = 0;
    for (int i = from; i < from + count; i++) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  /**
   * Reads dotted-decimal IPv4 or RFC 4291 IPv6 text.
   *
   * @throws IllegalArgumentException if the text is neither; the message names it
   */
  public static IpAddress parse(String text) {
    byte[] bytes = text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
    if (bytes.length == 0) {
      throw new IllegalArgumentException("not an IPv4 or IPv6 address: '" + text + "'");
    }
    return of(bytes);
  }

  private static byte[] parse4(String text) {
    String[] parts = text.split("\\.", -1);
    byte[] out = new byte[4];
    if (parts.length != 4) {
      return new byte[0];
    }
    for (int i = 0; i < 4; i++) {
      int value = number(parts[i], 10, 3);
      if (value < 0 || value > 255) {
        return new byte[0];
      }
      out[i] = (byte) value;
    }
    return out;
  }

  private static byte[] parse6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.lastIndexOf('.', gap) >= 0) {
      // RFC 4291 section 2.2: dotted decimal stands for the last 32 bits only.
      return new byte[0];
    }
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap));
    byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2));
    int used = head.length + tail.length;
    boolean bad = head.length % 2 != 0 || tail.length % 2 != 0;
    if (bad || (gap < 0 ? used != 16 : used > 14)) {
      return new byte[0];
    }
    byte[] out = new byte[16];
    System.arraycopy(head, 0, out, 0, head.length);
    System.arraycopy(tail, 0, out, 16 - tail.length, tail.length);
    return out;
  }

  /** The bytes of colon-separated groups; an odd length marks an error. */
  private static byte[] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    byte[] out = new byte[18];
    int used = 0;
    for (int i = 0; i < parts.length; i++) {
      if (used > 14) {
        return new byte[1];
      }
      if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
        byte[] four = parse4(parts[i]);
        if (four.length == 0 || used > 12) {
          return new byte[1];
        }
        System.arraycopy(four, 0, out, used, 4);
        used += 4;
      } else {
        int value = number(parts[i], 16, 4);
        if (value < 0) {
          return new byte[1];
        }
        out[used++] = (byte) (value >> 8);
        out[used++] = (byte) value;
      }
    }
    return Arrays.copyOf(out, used);
  }

  private static int number(String digits, int radix, int atMost) {
    if (digits.isEmpty() || digits.length() > atMost) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0 || digits.charAt(i) > 'f') {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  /** The address in network order, 4 or 16 bytes. */
  public byte[] bytes() {
    byte[] out = new byte[v6 ? 16 : 4];
    for (int i = 0; i < out.length; i++) {
      int fromEnd = out.length - 1 - i;
      out[i] = (byte) (fromEnd < 8 ? low >>> (8 * fromEnd) : high >>> (8 * (fromEnd - 8)));
    }
    return out;
  }

  /** The 32 bits of an IPv4 address. */
  public int bits4() {
    return (int) low;
  }

  /** True for 0.0.0.0 and ::. */
  public boolean isAny() {
    return high == 0 && low == 0;
  }

  /** True if the address can be one host's: no multicast, not everybody's, not 0.0.0.0 or ::. */
  public boolean isUnicast() {
    boolean multicast = v6 ? high >>> 56 == 0xff : bits4() >>> 28 == 0xe;
    return !isAny() && !multicast && (v6 || bits4() != -1);
  }

  /** True for ::ffff:a.b.c.d. */
  public boolean isV4Mapped() {
    return v6 && high == 0 && low >>> 32 == 0xffffL;
  }

  /** The IPv4 address inside a v4-mapped one; every other address is returned as it is. */
  public IpAddress unmapped() {
    return isV4Mapped() ? v4((int) low) : this;
  }

  /** The v4-mapped form of an IPv4 address; every other address is returned as it is. */
  public IpAddress mapped() {
    return v6 ? this : v6(0, 0xffff_0000_0000L | low);
  }

  /** RFC 5952 text. */
  @Override
  public String toString() {
    if (!v6) {
      return (low >>> 24 & 255)
          + "."
          + (low >>> 16 & 255)
          + "."
          + (low >>> 8 & 255)
          + "."
          + (low & 255);
    }
    if (isV4Mapped()) {
      return "::ffff:" + unmapped();
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && group(end) == 0) {
        end++;
      }
      if (end - i > bestLength) {
        bestStart = i;
        bestLength = end - i;
      }
      i = Math.max(i, end);
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        out.append("::");
        i += bestLength - 1;
      } else {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(group(i)));
      }
    }
    return out.toString();
  }

  private int group(int index) {
    return (int) ((index < 4 ? high >>> (48 - 16 * index) : low >>> (112 - 16 * index)) & 0xffff);
  }
}
