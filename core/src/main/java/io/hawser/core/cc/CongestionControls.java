package io.hawser.core.cc;

import java.util.List;

/** Congestion controls by the names users give. */
public final class CongestionControls {
  /** All names. */
  public static final List<String> NAMES = List.of("cubic", "reno", "lia", "olia", "balia", "bbr");

  private CongestionControls() {}

  /**
   * A new instance for one subflow.
   *
   * @throws IllegalArgumentException if there is no such algorithm; the message lists those there
   *     are
   */
  public static CongestionControl create(String name, CoupledGroup group) {
    return switch (name) {
      case "cubic" -> new Cubic();
      case "reno" -> new NewReno();
      case "lia" -> new Lia(group);
      case "olia" -> new Olia(group);
      case "balia" -> new Balia(group);
      case "bbr" -> new Bbr();
      default ->
          throw new IllegalArgumentException(
              "no congestion control '" + name + "'; there are " + String.join(", ", NAMES));
    };
  }
}
