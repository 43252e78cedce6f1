package io.hawser.cli.netcat;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * An option's port counts only if it is joined to it by {@code =}: the next word is the command's
 * own. Without one it is 0, any free port.
 */
final class OptionalPort implements IParameterPreprocessor {
  private static final String ANY = "0";

  @Override
  public boolean preprocess(
      Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    if (!"=".equals(info.get("separator"))) {
      words.push(ANY);
    }
    return false;
  }
}
