package io.hawser.testbed;

import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import java.util.List;

/** The two interfaces of a link, whatever joins them; both have the link's name. */
record LinkEnds(LinkSpec spec, Host from, Host to) {

  /** Up, with addresses; {@code more} are words of {@code ip link set}. */
  void configure(Addressing addressing, LinkConfig forth, LinkConfig back, String more) {
    int mtu = Math.min(forth.mtuBytes(), back.mtuBytes());
    for (boolean fromEnd : new boolean[] {true, false}) {
      Host host = fromEnd ? from : to;
      String device = spec.name();
      host.ip()
          .sysctls(
              List.of(
                  "net/ipv4/conf/" + device + "/rp_filter=0",
                  "net/ipv6/conf/" + device + "/keep_addr_on_down=1"));
      host.ip()
          .batch(
              false,
              "link set %1$s mtu %2$d txqueuelen 1000%3$s up\naddr add %4$s dev %1$s\n"
                  .formatted(
                      device,
                      mtu,
                      more.isEmpty() ? "" : " " + more,
                      addressing.kernelPrefix(false, fromEnd)));
      host.ip()
          .batch(
              true,
              "addr add %s dev %s nodad\n"
                  .formatted(addressing.kernelPrefix(true, fromEnd), device));
    }
  }

  /** The kernel's addresses of the nearer end become others. */
  void readdress(Addressing before, Addressing after) {
    for (boolean v6 : new boolean[] {false, true}) {
      from.ip()
          .batch(
              v6,
              "addr del %1$s dev %3$s\naddr add %2$s dev %3$s%4$s\n"
                  .formatted(
                      before.kernelPrefix(v6, true),
                      after.kernelPrefix(v6, true),
                      spec.name(),
                      v6 ? " nodad" : ""));
    }
  }

  void up(boolean on) {
    for (Host host : List.of(from, to)) {
      if (on) {
        host.ip().up(spec.name());
      } else {
        host.ip().down(spec.name());
      }
    }
  }
}
