package io.hawser.bench.jmh;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks of this program. */
public final class Microbenchmarks {
  private static final String CLASS_PATH = "java.class.path";

  private Microbenchmarks() {}

  /**
   * How long, and where.
   *
   * @param warmups iterations that do not count
   * @param iterations iterations that count
   * @param millis length of each
   * @param forks JVMs, one after the other; 0: in this one, for tests only
   */
  public record Effort(int warmups, int iterations, long millis, int forks) {
    /** For figures to be told. */
    public static final Effort FULL = new Effort(5, 5, 1000, 2);

    /** For a first look. */
    public static final Effort QUICK = new Effort(2, 3, 300, 1);
  }

  /** The names of all. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (BenchmarkListEntry one :
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of())) {
      String name = one.getUsername();
      int method = name.lastIndexOf('.');
      names.add(name.substring(name.lastIndexOf('.', method - 1) + 1));
    }
    return names;
  }

  /**
   * Runs those whose name matches.
   *
   * @param pattern a regular expression that is found in {@code Class.method}
   * @param json where the figures are written besides, in JMH's format, or null
   * @throws IllegalArgumentException if nothing matches
   * @throws IOException if a benchmark fails, or no JVM for it can be started
   */
  public static Collection<RunResult> run(
      String pattern, Effort effort, VerboseMode mode, @Nullable Path json) throws IOException {
    boolean any;
    try {
      any = names().stream().anyMatch(Pattern.compile(pattern).asPredicate());
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("'" + pattern + "' is no regular expression", e);
    }
    if (!any) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no benchmark matches '%s'; there are %s",
              pattern,
              String.join(", ", names())));
    }
    TimeValue time = TimeValue.milliseconds(effort.millis);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(pattern)
            .forks(effort.forks)
            .warmupIterations(effort.warmups)
            .measurementIterations(effort.iterations)
            .warmupTime(time)
            .measurementTime(time)
            .shouldFailOnError(true)
            .verbosity(mode);
    if (json != null) {
      options.result(json.toString()).resultFormat(ResultFormatType.JSON);
    }
    String before = System.getProperty(CLASS_PATH, "");
    if (effort.forks > 0) {
      // Some benchmarks are in the engine's own packages, which a module would keep to itself.
      System.setProperty(CLASS_PATH, withModules(before));
      options.jvmArgs("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");
    }
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IOException("a benchmark failed: " + e.getMessage(), e);
    } finally {
      System.setProperty(CLASS_PATH, before);
    }
  }

  /** The class path, and after it the modules of the module path as jars like any other. */
  private static String withModules(String classPath) {
    List<String> all = new ArrayList<>(List.of(classPath));
    String modules = System.getProperty("jdk.module.path", "");
    for (String entry : modules.split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        all.add(Files.isDirectory(Path.of(entry)) ? entry + File.separator + "*" : entry);
      }
    }
    return String.join(File.pathSeparator, all);
  }
}
