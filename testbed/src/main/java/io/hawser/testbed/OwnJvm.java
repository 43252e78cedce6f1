package io.hawser.testbed;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start this program once more, with the same JVM, options and classes. */
public final class OwnJvm {
  private OwnJvm() {}

  /** The command line of {@code hawser} with these words. */
  public static List<String> hawser(String... words) {
    return main(System.getProperty("hawser.main", "io.hawser.cli.Main"), words);
  }

  /** The command line of another main class with these words. */
  public static List<String> main(String mainClass, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger or agent listens for one process only; what makes a short command quick makes a
      // long one slow.
      if (!option.startsWith("-agentlib:")
          && !option.startsWith("-javaagent:")
          && !option.startsWith("-XX:TieredStopAtLevel")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(mainClass);
    command.addAll(List.of(words));
    return command;
  }
}
