package io.hawser.cli.driver;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A socket option by level and name, with Linux's numbers for both.
 *
 * @param level socket, tcp, ip, ipv6 or mptcp
 * @param name as in Linux, without the level's prefix
 */
record OptionName(String level, String name) {
  private static final Map<Integer, String> LEVELS =
      Map.of(1, "socket", 6, "tcp", 0, "ip", 41, "ipv6", 284, "mptcp");
  private static final Map<String, Map<Integer, String>> NAMES = new HashMap<>();

  static {
    table(
        "socket",
        "REUSEADDR=2 TYPE=3 ERROR=4 BROADCAST=6 SNDBUF=7 RCVBUF=8 KEEPALIVE=9 OOBINLINE=10"
            + " PRIORITY=12 LINGER=13 REUSEPORT=15 RCVLOWAT=18 SNDLOWAT=19 RCVTIMEO=20 SNDTIMEO=21"
            + " SNDBUFFORCE=32 RCVBUFFORCE=33 MARK=36 TIMESTAMPING=37 PROTOCOL=38 DOMAIN=39"
            + " BUSY_POLL=46 MAX_PACING_RATE=47 INCOMING_CPU=49 ZEROCOPY=60 TXTIME=61");
    table(
        "tcp",
        "NODELAY=1 MAXSEG=2 CORK=3 KEEPIDLE=4 KEEPINTVL=5 KEEPCNT=6 SYNCNT=7 LINGER2=8"
            + " DEFER_ACCEPT=9 WINDOW_CLAMP=10 INFO=11 QUICKACK=12 CONGESTION=13 MD5SIG=14"
            + " THIN_LINEAR=16 THIN_DUPACK=17 USER_TIMEOUT=18 REPAIR=19 REPAIR_QUEUE=20"
            + " QUEUE_SEQ=21 REPAIR_OPTIONS=22 FASTOPEN=23 TIMESTAMP=24 NOTSENT_LOWAT=25"
            + " CC_INFO=26 SAVE_SYN=27 SAVED_SYN=28 REPAIR_WINDOW=29 FASTOPEN_CONNECT=30 ULP=31"
            + " MD5SIG_EXT=32 FASTOPEN_KEY=33 FASTOPEN_NO_COOKIE=34 ZEROCOPY_RECEIVE=35 INQ=36"
            + " IS_MPTCP=43");
    table("ip", "TOS=1 TTL=2 MTU_DISCOVER=10 RECVERR=11 MTU=14 FREEBIND=15 TRANSPARENT=19");
    table("ipv6", "UNICAST_HOPS=16 MTU_DISCOVER=23 MTU=24 RECVERR=25 V6ONLY=26 TCLASS=67");
    table("mptcp", "INFO=1 TCPINFO=2 SUBFLOW_ADDRS=3 FULL_INFO=4");
  }

  private static void table(String level, String entries) {
    Map<Integer, String> names = new HashMap<>();
    for (String entry : entries.split(" ")) {
      String[] pair = entry.split("=");
      names.put(Integer.valueOf(pair[1]), pair[0]);
    }
    NAMES.put(level, names);
  }

  /** Reads names, or numbers as {@code #6 #23}. */
  static OptionName parse(String level, String name) {
    String levelName =
        level.startsWith("#")
            ? LEVELS.get((int) Request.number(level.substring(1)))
            : level.toLowerCase(Locale.ROOT);
    Map<Integer, String> names = levelName == null ? null : NAMES.get(levelName);
    if (levelName == null || names == null) {
      throw new SocketError("ENOPROTOOPT", "no level " + level);
    }
    String known = known(names, name);
    if (known == null) {
      throw new SocketError("ENOPROTOOPT", "no option " + name + " at level " + levelName);
    }
    return new OptionName(levelName, known);
  }

  private static @Nullable String known(Map<Integer, String> names, String name) {
    if (name.startsWith("#")) {
      return names.get((int) Request.number(name.substring(1)));
    }
    String upper = name.toUpperCase(Locale.ROOT);
    return names.containsValue(upper) ? upper : null;
  }

  /** Such as {@code tcp NODELAY}. */
  @Override
  public String toString() {
    return level + " " + name;
  }
}
