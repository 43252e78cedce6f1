package io.hawser.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Makes the commands that are asked for, not all: reading the annotations of every command takes
 * longer than most of them run.
 */
public final class Subcommands {
  private Subcommands() {}

  /**
   * Adds the one that the first word names; all of them if it names none, as for {@code --help} and
   * for words that are wrong.
   *
   * @return the words after it, for commands below it
   */
  public static List<String> add(CommandLine parent, List<Class<?>> all, List<String> words) {
    for (int n = 0; n < words.size(); n++) {
      if (words.get(n).equals("--debug")) {
        continue;
      }
      for (Class<?> one : all) {
        if (name(one).equals(words.get(n))) {
          parent.addSubcommand(one);
          return words.subList(n + 1, words.size());
        }
      }
      break;
    }
    all.forEach(parent::addSubcommand);
    return List.of();
  }

  /** The name that a command's annotation gives it. */
  static String name(Class<?> command) {
    Command annotation = command.getAnnotation(Command.class);
    if (annotation == null) {
      throw new IllegalArgumentException(command + " is no command");
    }
    return annotation.name();
  }
}
