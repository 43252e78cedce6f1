package io.hawser.dashboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person may do from the page. Testbed and simulator implement it; a live stack has no links
 * and no scenarios. Safe for several threads.
 */
public interface Controls {

  /**
   * A link as it is now.
   *
   * @param config settings as in {@code rate=20mbit delay=10ms}
   * @param present false after {@code remove}
   */
  record LinkState(
      String name,
      boolean up,
      boolean blackhole,
      boolean present,
      long forthBitsPerSecond,
      long backBitsPerSecond,
      double delayMs,
      double lossPercent,
      String config) {}

  /** Something that can be run. */
  record ScenarioChoice(String name, String title, List<String> stacks) {}

  /** A finished run's folder; {@code page} is its report. */
  record FinishedRun(String name, String title, Path page) {}

  /** Which nodes a link joins; {@code from} is the end nearer to the client. */
  record LinkEnds(String link, String from, String to) {}

  /** Nothing to press: a live stack has no links of ours and no scenarios. */
  static Controls none(String title) {
    return new NoControls(title);
  }

  /** What is watched, as in {@code testbed lab, topology wifi-lte}. */
  String title();

  /** The links now. */
  List<LinkState> links();

  /** The nodes that links join; links that are not in the list go from client to server. */
  default List<LinkEnds> ends() {
    return List.of();
  }

  /**
   * Changes a link: {@code down}, {@code up}, {@code remove}, {@code add}, {@code blackhole},
   * {@code restore}, or settings.
   *
   * @throws IOException with a message for the person
   */
  void change(String link, String change) throws IOException;

  /** What can be run. */
  List<ScenarioChoice> scenarios();

  /**
   * Starts a scenario with one of its stacks; it goes on by itself.
   *
   * @throws IOException if one runs already, with a message for the person
   */
  void start(String scenario, String stack) throws IOException;

  /** Stops the running scenario; does nothing if none runs. */
  void stop();

  /** The running scenario's name, or null. */
  @Nullable String running();

  /** Finished runs, the latest first. */
  List<FinishedRun> finished();
}
