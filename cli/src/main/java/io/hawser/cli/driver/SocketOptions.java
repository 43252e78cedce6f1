package io.hawser.cli.driver;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.tcp.TcpConfig;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options that were set on one socket, in Linux's units and within Linux's limits. What is
 * derived from others (ERROR, INFO, MTU) is not here.
 */
final class SocketOptions {
  private static final Set<String> READ_ONLY =
      Set.of(
          "socket TYPE",
          "socket ERROR",
          "socket PROTOCOL",
          "socket DOMAIN",
          "socket SNDLOWAT",
          "tcp INFO",
          "tcp IS_MPTCP",
          "ip MTU",
          "ipv6 MTU",
          "mptcp INFO",
          "mptcp TCPINFO",
          "mptcp SUBFLOW_ADDRS",
          "mptcp FULL_INFO");

  /** What a stack in user space has no use for, or does not do. */
  private static final Set<String> UNKNOWN =
      Set.of(
          "socket TIMESTAMPING",
          "socket BUSY_POLL",
          "socket INCOMING_CPU",
          "socket ZEROCOPY",
          "socket TXTIME",
          "tcp MD5SIG",
          "tcp MD5SIG_EXT",
          "tcp REPAIR",
          "tcp REPAIR_QUEUE",
          "tcp QUEUE_SEQ",
          "tcp REPAIR_OPTIONS",
          "tcp REPAIR_WINDOW",
          "tcp CC_INFO",
          "tcp SAVE_SYN",
          "tcp SAVED_SYN",
          "tcp ULP",
          "tcp ZEROCOPY_RECEIVE",
          "ip RECVERR",
          "ipv6 RECVERR");

  private static final int LEAST_SEND_BUFFER = 4608;
  private static final int LEAST_RECEIVE_BUFFER = 2304;

  private final Map<String, Long> numbers = new HashMap<>();
  private volatile String congestionControl;
  private volatile boolean lingerOn;
  private volatile int lingerSeconds;
  private volatile @Nullable String fastOpenKey;

  SocketOptions(ConnectionConfig defaults) {
    congestionControl = defaults.congestionControl();
    numbers.put("socket SNDBUF", 2L * defaults.sendBufferBytes());
    numbers.put("socket RCVBUF", 2L * defaults.receiveBufferBytes());
    numbers.put("socket RCVLOWAT", 1L);
    numbers.put("socket SNDLOWAT", 1L);
    numbers.put("socket MAX_PACING_RATE", -1L);
    numbers.put("tcp QUICKACK", 1L);
    numbers.put("ip MTU_DISCOVER", 1L);
    numbers.put("ipv6 MTU_DISCOVER", 1L);
  }

  /** Those of an accepted connection: its listener's. */
  SocketOptions(SocketOptions inherited) {
    numbers.putAll(inherited.numbers);
    congestionControl = inherited.congestionControl;
    lingerOn = inherited.lingerOn;
    lingerSeconds = inherited.lingerSeconds;
  }

  /** The names that only say something. */
  static boolean isReadOnly(OptionName option) {
    return READ_ONLY.contains(option.toString());
  }

  static void requireKnown(OptionName option) {
    if (UNKNOWN.contains(option.toString())) {
      throw new SocketError("ENOPROTOOPT", "no use for " + option + " here");
    }
  }

  /** Whether the value was set, or has a default other than 0. */
  boolean has(String option) {
    synchronized (numbers) {
      return numbers.containsKey(option);
    }
  }

  long number(String option) {
    synchronized (numbers) {
      return numbers.getOrDefault(option, 0L);
    }
  }

  boolean isOn(String option) {
    return number(option) != 0;
  }

  private void put(String option, long value) {
    synchronized (numbers) {
      numbers.put(option, value);
    }
  }

  /** Checks and remembers a value. */
  void set(OptionName option, String text) {
    requireKnown(option);
    if (isReadOnly(option)) {
      throw new SocketError("ENOPROTOOPT", option + " can only be read");
    }
    String name = option.toString();
    switch (name) {
      case "socket LINGER" -> linger(text);
      case "tcp CONGESTION" -> congestion(OptionValue.string(text));
      case "tcp FASTOPEN_KEY" -> fastOpenKey = text;
      default -> put(stored(name), checked(name, OptionValue.number(text)));
    }
  }

  /** FORCE variants set the same value as those without. */
  private static String stored(String name) {
    return switch (name) {
      case "socket SNDBUFFORCE" -> "socket SNDBUF";
      case "socket RCVBUFFORCE" -> "socket RCVBUF";
      default -> name;
    };
  }

  private void linger(String text) {
    if (text.startsWith("hex:")) {
      java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(OptionValue.bytes(text));
      if (bytes.remaining() < 8) {
        throw new SocketError("EINVAL", "struct linger has 8 bytes");
      }
      bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN);
      lingerOn = bytes.getInt(0) != 0;
      lingerSeconds = bytes.getInt(4);
      return;
    }
    String[] parts = text.split(",");
    if (parts.length != 2) {
      throw new SocketError("EINVAL", "LINGER is ON,SECONDS");
    }
    lingerOn = Request.number(parts[0]) != 0;
    lingerSeconds = (int) Request.number(parts[1]);
  }

  private void congestion(String name) {
    if (!CongestionControls.NAMES.contains(name)) {
      throw new SocketError("ENOENT", "no congestion control is called " + name);
    }
    congestionControl = name;
  }

  private static long checked(String name, long value) {
    return switch (name) {
      case "socket SNDBUF", "socket SNDBUFFORCE" -> buffer(value, LEAST_SEND_BUFFER);
      case "socket RCVBUF", "socket RCVBUFFORCE" -> buffer(value, LEAST_RECEIVE_BUFFER);
      case "socket RCVLOWAT" -> value < 0 ? Integer.MAX_VALUE : Math.max(1, value);
      case "socket REUSEADDR",
          "socket REUSEPORT",
          "socket BROADCAST",
          "socket KEEPALIVE",
          "socket OOBINLINE",
          "tcp CORK",
          "tcp INQ",
          "tcp FASTOPEN_CONNECT",
          "tcp FASTOPEN_NO_COOKIE",
          "ipv6 V6ONLY" ->
          value != 0 ? 1 : 0;
      case "tcp NODELAY" -> value != 0 ? 1 : 0;
      case "tcp MAXSEG" -> value == 0 ? 0 : inRange(name, value, 88, 32_767);
      case "tcp KEEPIDLE", "tcp KEEPINTVL" -> inRange(name, value, 1, 32_767);
      case "tcp KEEPCNT", "tcp SYNCNT" -> inRange(name, value, 1, 127);
      case "tcp USER_TIMEOUT", "tcp NOTSENT_LOWAT" ->
          inRange(name, value, name.endsWith("TIMEOUT") ? 0 : -1, Long.MAX_VALUE);
      case "tcp WINDOW_CLAMP", "tcp DEFER_ACCEPT", "tcp FASTOPEN" ->
          inRange(name, value, 0, Integer.MAX_VALUE);
      case "tcp LINGER2" -> Math.max(-1, value);
      case "ip TTL" -> value == -1 ? 64 : inRange(name, value, 1, 255);
      case "ipv6 UNICAST_HOPS" -> value == -1 ? 64 : inRange(name, value, 0, 255);
      case "ip TOS" -> value & 0xff;
      case "ipv6 TCLASS" -> value == -1 ? 0 : inRange(name, value, 0, 255);
      default -> value;
    };
  }

  /** Linux doubles what is asked for: half of a buffer is bookkeeping. */
  private static long buffer(long value, int least) {
    long bounded = Math.clamp(value, 0, 64 << 20);
    return Math.max(least, 2 * bounded);
  }

  private static long inRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SocketError("EINVAL", name + " is " + least + " to " + most);
    }
    return value;
  }

  /** The remembered value as text. */
  String text(OptionName option) {
    requireKnown(option);
    String name = option.toString();
    return switch (name) {
      case "socket LINGER" -> (lingerOn ? 1 : 0) + "," + lingerSeconds;
      case "tcp CONGESTION" -> OptionValue.padded(congestionControl, 16);
      case "tcp FASTOPEN_KEY" -> {
        String key = fastOpenKey;
        yield key == null ? "hex:" : key;
      }
      case "ip TTL", "ipv6 UNICAST_HOPS" -> Long.toString(has(name) ? number(name) : 64);
      default -> Long.toString(number(stored(name)));
    };
  }

  // ---- what the options mean ----

  /** Close resets at once. */
  boolean closeResets() {
    return lingerOn && lingerSeconds == 0;
  }

  /** The secret of a listener's Fast Open cookies, or null. */
  byte @Nullable [] fastOpenKey() {
    String text = fastOpenKey;
    byte[] bytes = text == null ? new byte[0] : OptionValue.bytes(text);
    return bytes.length >= 16 ? Arrays.copyOf(bytes, 16) : null;
  }

  /** Seconds that close waits; 0: it does not. */
  int closeWaitSeconds() {
    return lingerOn ? lingerSeconds : 0;
  }

  int readTarget(int wanted) {
    return (int) Math.clamp(number("socket RCVLOWAT"), 1, Math.max(1, wanted));
  }

  /** The settings of a connection made now. */
  ConnectionConfig config(ConnectionConfig defaults, boolean multipath) {
    return defaults
        .withMultipath(multipath)
        .withCongestionControl(congestionControl)
        .withBuffers(sendBytes(), receiveBytes())
        .withNoDelay(isOn("tcp NODELAY"));
  }

  int sendBytes() {
    return (int) Math.min(number("socket SNDBUF") / 2, 64 << 20);
  }

  int receiveBytes() {
    long bytes = number("socket RCVBUF") / 2;
    long clamp = number("tcp WINDOW_CLAMP");
    return (int) Math.min(clamp > 0 ? Math.min(clamp, bytes) : bytes, 64 << 20);
  }

  String congestionControl() {
    return congestionControl;
  }

  /** Puts those that TCP itself obeys into a connection's settings. */
  void applyTo(TcpConfig tcp, boolean v6) {
    long second = 1_000_000_000L;
    if (isOn("socket KEEPALIVE")) {
      tcp.keepIdleNs = has("tcp KEEPIDLE") ? number("tcp KEEPIDLE") * second : 7200 * second;
    } else {
      tcp.keepIdleNs = 0;
    }
    if (has("tcp KEEPINTVL")) {
      tcp.keepIntervalNs = number("tcp KEEPINTVL") * second;
    }
    if (has("tcp KEEPCNT")) {
      tcp.keepProbes = (int) number("tcp KEEPCNT");
    }
    if (has("tcp USER_TIMEOUT")) {
      tcp.userTimeoutNs = number("tcp USER_TIMEOUT") * 1_000_000;
    }
    if (has("tcp SYNCNT")) {
      tcp.synRetries = (int) number("tcp SYNCNT");
    }
    if (has("tcp MAXSEG")) {
      tcp.maxSegment = (int) number("tcp MAXSEG");
    }
    if (number("tcp LINGER2") > 0) {
      tcp.finTimeoutNs = number("tcp LINGER2") * second;
    }
    String hops = v6 ? "ipv6 UNICAST_HOPS" : "ip TTL";
    if (has(hops)) {
      tcp.hopLimit = (int) number(hops);
    }
    String traffic = v6 ? "ipv6 TCLASS" : "ip TOS";
    if (has(traffic)) {
      tcp.trafficClass = (int) number(traffic);
    }
  }
}
