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
      host.run(
          ("sysctl -qw net.ipv4.conf.%1$s.rp_filter=0 net.ipv6.conf.%1$s.keep_addr_on_down=1\n"
                  + "ip link set %1$s mtu %2$d txqueuelen 1000%3$s\n"
                  + "ip link set %1$s up\n"
                  + "ip addr add %4$s dev %1$s\n"
                  + "ip -6 addr add %5$s dev %1$s nodad\n")
              .formatted(
                  spec.name(),
                  mtu,
                  more.isEmpty() ? "" : " " + more,
                  addressing.kernelPrefix(false, fromEnd),
                  addressing.kernelPrefix(true, fromEnd)));
    }
  }

  /** The kernel's addresses of the nearer end become others. */
  void readdress(Addressing before, Addressing after) {
    from.run(
        "ip addr del %s dev %s\n".formatted(before.kernelPrefix(false, true), spec.name())
            + "ip -6 addr del %s dev %s\n".formatted(before.kernelPrefix(true, true), spec.name())
            + "ip addr add %s dev %s\n".formatted(after.kernelPrefix(false, true), spec.name())
            + "ip -6 addr add %s dev %s nodad\n"
                .formatted(after.kernelPrefix(true, true), spec.name()));
  }

  void up(boolean on) {
    for (Host host : List.of(from, to)) {
      host.run("ip link set " + spec.name() + (on ? " up" : " down"));
    }
  }
}
