package io.hawser.proof.fuzz;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of Jazzer on one target, in a process of its own, for so long. */
public final class FuzzRun {
  private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units: (\\d+)");
  private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");
  private static final int MOST_TAIL = 60;
  private static final int HEAP_MIB = 512;
  private static final int MOST_INPUT_BYTES = 2048;
  private static final int FIRST_INPUTS = 40;

  private final FuzzTarget target;
  private final long seconds;
  private final Path folder;
  private final Consumer<String> out;

  /**
   * What came of it.
   *
   * @param executed inputs tried
   * @param covered edges reached
   * @param failed true if an input threw, hung or ran out of memory
   * @param report the finding, or nothing
   */
  public record Outcome(
      FuzzTarget target, long executed, long covered, boolean failed, String report) {
    @Override
    public String toString() {
      return "fuzz "
          + target.word()
          + ": "
          + executed
          + " inputs, "
          + covered
          + " edges"
          + (failed ? ", FAILED\n" + report : "");
    }
  }

  /** Corpus and findings go to {@code folder}; every line of the fuzzer to {@code out}. */
  public FuzzRun(FuzzTarget target, long seconds, Path folder, Consumer<String> out) {
    this.target = target;
    this.seconds = seconds;
    this.folder = folder;
    this.out = out;
  }

  /**
   * Runs to the end.
   *
   * @throws IOException if the process cannot be started or the folder not be written
   */
  public Outcome run() throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(folder.resolve("corpus").resolve(target.word()));
    begin(corpus);
    Path findings = Files.createDirectories(folder.resolve("findings"));
    Process process =
        new ProcessBuilder(command(corpus, findings)).redirectErrorStream(true).start();
    ArrayDeque<String> tail = new ArrayDeque<>();
    long executed = 0;
    long covered = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.accept(line);
        executed = Math.max(executed, number(EXECUTED, line));
        covered = Math.max(covered, number(COVERED, line));
        tail.add(line);
        if (tail.size() > MOST_TAIL) {
          tail.remove();
        }
      }
    } finally {
      process.destroy();
    }
    boolean failed = process.waitFor() != 0;
    String report =
        failed
            ? String.join("\n", tail)
                + "\nThe input is in "
                + findings
                + "; once mended, copy it to proof/src/test/resources/io/hawser/proof/"
                + "fuzz/"
                + target.word()
            : "";
    return new Outcome(target, executed, covered, failed, report);
  }

  /** Random inputs of all lengths, so that long plays are tried from the first second on. */
  private static void begin(Path corpus) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < FIRST_INPUTS; i++) {
      Path file = corpus.resolve("first-" + i);
      if (!Files.exists(file)) {
        byte[] bytes = new byte[random.nextInt(1, MOST_INPUT_BYTES >> random.nextInt(8))];
        random.nextBytes(bytes);
        Files.write(file, bytes);
      }
    }
  }

  private static long number(Pattern pattern, String line) {
    Matcher found = pattern.matcher(line);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private List<String> command(Path corpus, Path findings) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + HEAP_MIB + "m");
    words.add("-XX:MaxDirectMemorySize=" + HEAP_MIB + "m");
    words.add("-XX:+UseSerialGC");
    words.add("-XX:+EnableDynamicAgentLoading");
    words.add("--enable-native-access=ALL-UNNAMED");
    words.add("--sun-misc-unsafe-memory-access=allow");
    words.add("-cp");
    words.add(classPath());
    words.add("com.code_intelligence.jazzer.Jazzer");
    words.add("--target_class=" + target.className());
    words.add("--instrumentation_includes=io.hawser.**");
    words.add("--reproducer_path=" + findings);
    words.add("-artifact_prefix=" + findings + File.separator + target.word() + "-");
    words.add("-max_total_time=" + seconds);
    words.add("-timeout=30");
    words.add("-rss_limit_mb=0");
    words.add("-max_len=" + MOST_INPUT_BYTES);
    words.add("-len_control=0");
    words.add("-print_final_stats=1");
    words.add(corpus.toString());
    return words;
  }

  /** Everything that this process sees, modules as well: the child needs no module path. */
  private static String classPath() {
    String path = System.getProperty("java.class.path", "");
    String modules = System.getProperty("jdk.module.path", "");
    StringBuilder all = new StringBuilder(path);
    for (String folder : modules.split(Pattern.quote(File.pathSeparator))) {
      if (!folder.isEmpty()) {
        all.append(File.pathSeparator).append(folder);
        if (Files.isDirectory(Path.of(folder))
            && !Files.exists(Path.of(folder, "module-info.class"))) {
          all.append(File.separator).append('*');
        }
      }
    }
    return all.toString();
  }
}
