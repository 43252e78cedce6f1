package io.hawser.cli.driver;

import io.hawser.core.api.FastOpenUse;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Who may use Fast Open: net.ipv4.tcp_fastopen's bits and the options of a socket. */
final class FastOpenRules {
  private static final int CLIENT = 1;
  private static final int SERVER = 2;
  private static final int CLIENT_WITHOUT_COOKIE = 4;
  private static final int SERVER_WITHOUT_COOKIE = 0x200;
  private static final int EVERY_LISTENER = 0x400;
  private static final int KEY_BYTES = 16;

  private volatile long bits = CLIENT;

  long bits() {
    return bits;
  }

  void bits(long next) {
    bits = next;
  }

  private boolean has(int bit) {
    return (bits & bit) != 0;
  }

  /** What a connecting socket does that was told to (MSG_FASTOPEN, TCP_FASTOPEN_CONNECT). */
  FastOpenUse client(SocketOptions options) {
    if (!has(CLIENT)) {
      return FastOpenUse.OFF;
    }
    boolean bare = has(CLIENT_WITHOUT_COOKIE) || options.isOn("tcp FASTOPEN_NO_COOKIE");
    return bare ? FastOpenUse.WITHOUT_COOKIE : FastOpenUse.WITH_COOKIE;
  }

  FastOpenUse listener(SocketOptions options) {
    boolean told = has(EVERY_LISTENER) || options.number("tcp FASTOPEN") > 0;
    if (!has(SERVER) || !told) {
      return FastOpenUse.OFF;
    }
    boolean bare = has(SERVER_WITHOUT_COOKIE) || options.isOn("tcp FASTOPEN_NO_COOKIE");
    return bare ? FastOpenUse.WITHOUT_COOKIE : FastOpenUse.WITH_COOKIE;
  }

  /** The bytes of net.ipv4.tcp_fastopen_key: four words, as the kernel keeps them. */
  static byte[] key(String text) {
    String first = text.contains(",") ? text.substring(0, text.indexOf(',')) : text;
    String[] words = first.split("-", -1);
    if (words.length != 4) {
      throw new SocketError("EINVAL", "a key is four words of hexadecimal digits with '-' between");
    }
    byte[] key = new byte[KEY_BYTES];
    for (int i = 0; i < KEY_BYTES; i++) {
      try {
        key[i] = (byte) (Integer.parseUnsignedInt(words[i / 4], 16) >>> i % 4 * 8);
      } catch (NumberFormatException e) {
        throw new SocketError("EINVAL", "not a word of hexadecimal digits: " + words[i / 4]);
      }
    }
    return key;
  }

  static String text(byte @Nullable [] key) {
    StringBuilder out = new StringBuilder();
    for (int word = 0; word < 4; word++) {
      out.append(word == 0 ? "" : "-");
      for (int i = 3; i >= 0; i--) {
        byte one = key == null ? 0 : key[word * 4 + i];
        out.append(HexFormat.of().toHexDigits(one));
      }
    }
    return out.toString();
  }
}
