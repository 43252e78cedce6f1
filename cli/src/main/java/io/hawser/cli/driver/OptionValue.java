package io.hawser.cli.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The value of a socket option as text: an integer, {@code str:...}, {@code hex:...}. */
final class OptionValue {
  private OptionValue() {}

  /** An integer; from {@code hex:} the first four or eight bytes, little endian, as the C type. */
  static long number(String text) {
    if (!text.startsWith("hex:")) {
      return Request.number(text);
    }
    ByteBuffer bytes = ByteBuffer.wrap(bytes(text)).order(ByteOrder.LITTLE_ENDIAN);
    return switch (bytes.remaining()) {
      case 1 -> bytes.get(0);
      case 4 -> bytes.getInt(0);
      case 8 -> bytes.getLong(0);
      default -> throw new SocketError("EINVAL", "an integer has 1, 4 or 8 bytes");
    };
  }

  /** A string, up to its first NUL. */
  static String string(String text) {
    if (!text.startsWith("hex:") && !text.startsWith("str:")) {
      return text;
    }
    String all = new String(bytes(text), StandardCharsets.UTF_8);
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }

  static byte[] bytes(String text) {
    if (text.startsWith("hex:")) {
      return Request.hex(text.length() == 4 ? "-" : text.substring(4));
    }
    String plain = text.startsWith("str:") ? text.substring(4) : text;
    return plain.getBytes(StandardCharsets.UTF_8);
  }

  /** A string as a structure of a fixed length, padded with NULs. */
  static String padded(String value, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    bytes.put(value.getBytes(StandardCharsets.UTF_8), 0, Math.min(value.length(), length));
    return "hex:" + HexFormat.of().formatHex(bytes.array());
  }
}
