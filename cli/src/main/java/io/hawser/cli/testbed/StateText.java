package io.hawser.cli.testbed;

import io.hawser.testbed.daemon.TestbedState;
import java.util.Locale;

/** A testbed's state for people. */
final class StateText {
  private StateText() {}

  static String of(TestbedState state) {
    StringBuilder out = new StringBuilder();
    for (TestbedState.Node node : state.nodes()) {
      out.append(
          "  %-8s %s  %s%n"
              .formatted(node.name(), node.namespace(), String.join(" ", node.addresses())));
    }
    for (TestbedState.LinkState link : state.links()) {
      String condition =
          !link.present() ? "removed" : !link.up() ? "down" : link.blackhole() ? "blackhole" : "up";
      out.append(
          "  %-10s %s - %s, %s, %s%n"
              .formatted(
                  link.name(),
                  link.from(),
                  link.to(),
                  condition,
                  link.emulator().toLowerCase(Locale.ROOT)));
      if (link.forth().equals(link.back())) {
        out.append("    both ways  ").append(link.forth()).append('\n');
      } else {
        out.append("    forth      ").append(link.forth()).append('\n');
        out.append("    back       ").append(link.back()).append('\n');
      }
    }
    if (!state.running().isEmpty()) {
      out.append("  running: ").append(state.running()).append('\n');
    }
    return out.toString();
  }

  /** The server's address that does not depend on a link. */
  static String service(TestbedState state) {
    for (TestbedState.Node node : state.nodes()) {
      if (node.name().equals("server")) {
        return node.addresses().getFirst();
      }
    }
    return "server";
  }
}
