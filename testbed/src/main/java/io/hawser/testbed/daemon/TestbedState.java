package io.hawser.testbed.daemon;

import java.util.List;

/**
 * What a testbed tells of itself.
 *
 * @param seed what was drawn follows from it: {@code up --seed} repeats it
 * @param pid of the process that owns it
 * @param running the scenario that runs now and its stack; empty if none does
 */
public record TestbedState(
    String name,
    String topology,
    String title,
    long seed,
    long pid,
    String running,
    List<Node> nodes,
    List<LinkState> links,
    List<Finished> finished) {

  /** A host or router. */
  public record Node(String name, String namespace, List<String> addresses) {
    public Node {
      addresses = List.copyOf(addresses);
    }
  }

  /** A link; settings as {@code LinkConfig} writes them. */
  public record LinkState(
      String name,
      String from,
      String to,
      boolean up,
      boolean blackhole,
      boolean present,
      String forth,
      String back,
      String emulator) {}

  /** A run that is over; {@code page} is its report. */
  public record Finished(String name, String title, String page) {}

  public TestbedState {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
    finished = List.copyOf(finished);
  }
}
