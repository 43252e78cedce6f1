package io.hawser.cli.driver;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One line: an operation and its arguments. What cannot be read is EINVAL. */
final class Request {

  /** Flags of reads and writes. */
  enum Flag {
    PEEK,
    DONTWAIT,
    WAITALL,
    TRUNC,
    NOSIGNAL,
    MORE,
    EOR,
    FASTOPEN,
    OOB,
    ZEROCOPY,
    ERRQUEUE
  }

  private final List<String> words;

  private Request(List<String> words) {
    this.words = words;
  }

  static Request parse(String line) {
    return new Request(List.of(line.trim().split("[ \\t]+")));
  }

  String operation() {
    return words.getFirst();
  }

  /** How many arguments there are. */
  int arguments() {
    return words.size() - 1;
  }

  /** Argument 1, 2, ... */
  String word(int index) {
    if (index >= words.size()) {
      throw new SocketError("EINVAL", operation() + " needs an argument " + index);
    }
    return words.get(index);
  }

  int number(int index) {
    return (int) longNumber(index);
  }

  long longNumber(int index) {
    return number(word(index));
  }

  static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new SocketError("EINVAL", "not a number: " + text);
    }
  }

  /** Everything from an argument on. */
  String from(int index) {
    return index >= words.size() ? "" : String.join(" ", words.subList(index, words.size()));
  }

  List<String> listFrom(int index) {
    return index >= words.size() ? List.of() : words.subList(index, words.size());
  }

  /** An address and a port. */
  Endpoint endpoint(int index) {
    int port = number(index + 1);
    if (port < 0 || port > 0xffff) {
      throw new SocketError("EINVAL", "a port is 0 to 65535, not " + port);
    }
    return new Endpoint(address(word(index)), port);
  }

  static IpAddress address(String text) {
    try {
      return IpAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SocketError("EINVAL", String.valueOf(e.getMessage()));
    }
  }

  Set<Flag> flags(int index) {
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    String text = index < words.size() ? words.get(index) : "-";
    if (text.equals("-")) {
      return flags;
    }
    for (String name : text.split(",")) {
      try {
        flags.add(Flag.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new SocketError("EINVAL", "no flag is called " + name);
      }
    }
    if (flags.contains(Flag.OOB)
        || flags.contains(Flag.ZEROCOPY)
        || flags.contains(Flag.ERRQUEUE)) {
      throw new SocketError("EOPNOTSUPP", text);
    }
    return flags;
  }

  /** The bytes of a hexadecimal argument; {@code -} is none. */
  byte[] hex(int index) {
    return hex(word(index));
  }

  static byte[] hex(String text) {
    if (text.equals("-")) {
      return new byte[0];
    }
    if (text.length() % 2 != 0) {
      throw new SocketError("EINVAL", "an odd number of hexadecimal digits");
    }
    byte[] out = new byte[text.length() / 2];
    for (int i = 0; i < out.length; i++) {
      int high = Character.digit(text.charAt(2 * i), 16);
      int low = Character.digit(text.charAt(2 * i + 1), 16);
      if (high < 0 || low < 0) {
        throw new SocketError("EINVAL", "not hexadecimal");
      }
      out[i] = (byte) (high << 4 | low);
    }
    return out;
  }
}
