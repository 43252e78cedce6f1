package io.hawser.proof.fuzz;

/** Bytes of a fuzzer, read one choice after the other; after their end every choice is 0. */
final class Input {
  private final byte[] bytes;
  private int at;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isEmpty() {
    return at >= bytes.length;
  }

  int left() {
    return bytes.length - at;
  }

  int u8() {
    return isEmpty() ? 0 : bytes[at++] & 0xff;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  int s16() {
    return (short) u16();
  }

  int i32() {
    return u16() << 16 | u16();
  }

  long i64() {
    return (long) i32() << 32 | i32() & 0xffff_ffffL;
  }

  boolean bit() {
    return (u8() & 1) != 0;
  }

  byte[] bytes(int count) {
    byte[] out = new byte[Math.min(count, left())];
    System.arraycopy(bytes, at, out, 0, out.length);
    at += out.length;
    return out;
  }

  /** A number: usually what it ought to be, sometimes near it, now and then anything. */
  int near(int right) {
    return switch (u8() % 6) {
      case 0, 1, 2 -> right;
      case 3 -> right + (byte) u8();
      case 4 -> right + s16();
      default -> i32();
    };
  }

  /** The same in 64 bits. */
  long near(long right) {
    return switch (u8() % 6) {
      case 0, 1, 2 -> right;
      case 3 -> right + (byte) u8();
      case 4 -> right + s16();
      default -> i64();
    };
  }
}
