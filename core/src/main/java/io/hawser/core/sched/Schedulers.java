package io.hawser.core.sched;

import java.util.List;

/** Schedulers by the names users give. */
public final class Schedulers {
  /** All names. */
  public static final List<String> NAMES = List.of("lowest-rtt", "round-robin");

  private Schedulers() {}

  /**
   * A new instance for one connection.
   *
   * @throws IllegalArgumentException if there is no such scheduler; the message lists those there
   *     are
   */
  public static Scheduler create(String name) {
    return switch (name) {
      case "lowest-rtt", "default", "minrtt" -> new LowestRtt();
      case "round-robin", "roundrobin" -> new RoundRobin();
      default ->
          throw new IllegalArgumentException(
              "no scheduler '" + name + "'; there are " + String.join(", ", NAMES));
    };
  }
}
