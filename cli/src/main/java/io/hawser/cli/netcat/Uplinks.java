package io.hawser.cli.netcat;

import io.hawser.linux.Ip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine's ways out: interfaces that carry a default route. */
final class Uplinks {
  private static final Pattern DEFAULT =
      Pattern.compile("^default(?: via (\\S+))?.*? dev (\\S+)", Pattern.MULTILINE);

  /**
   * One way out.
   *
   * @param device its interface
   * @param gateway the next hop; empty on a point-to-point link
   */
  record Uplink(String device, String gateway) {}

  private Uplinks() {}

  /** All uplinks of an IP version, the preferred first. */
  static List<Uplink> find(Ip ip, boolean v6) {
    return parse(ip.ip((v6 ? "-6" : "-4") + " route show default"));
  }

  static List<Uplink> parse(String routes) {
    Map<String, Uplink> found = new LinkedHashMap<>();
    Matcher matcher = DEFAULT.matcher(routes);
    while (matcher.find()) {
      String gateway = matcher.group(1) == null ? "" : matcher.group(1);
      found.putIfAbsent(matcher.group(2), new Uplink(matcher.group(2), gateway));
    }
    return new ArrayList<>(found.values());
  }
}
