package io.hawser.report;

import io.hawser.event.EventSink;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run: raw samples while it runs, tables, plots and a page when it is over.
 *
 * <p>{@code docs/reports.md} says what is in it.
 */
public final class RunFolder {
  /** The page's name in the folder. */
  public static final String PAGE = "report.html";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private final Path path;
  private final EventLog log;
  private @Nullable RunSummary summary;

  /**
   * What to make of a run beside its page.
   *
   * @param png the plots as PNG files too
   * @param gif an animation
   */
  public record Options(boolean png, boolean gif) {
    /** Plots, no animation. */
    public static final Options USUAL = new Options(true, false);
  }

  private RunFolder(Path path) throws IOException {
    this.path = path;
    log = new EventLog(path.resolve(EventLog.FILE));
  }

  /**
   * A new folder {@code name-YYYYMMDD-HHMMSS} below {@code base}, with {@code -2} and so on if
   * there is one already.
   */
  public static RunFolder create(Path base, String name) throws IOException {
    return create(base, name, LocalDateTime.now());
  }

  static RunFolder create(Path base, String name, LocalDateTime now) throws IOException {
    return new RunFolder(newFolder(base, name, now));
  }

  /** A new, empty folder named as those of runs; for comparisons. */
  public static Path newFolder(Path base, String name) throws IOException {
    return newFolder(base, name, LocalDateTime.now());
  }

  static Path newFolder(Path base, String name, LocalDateTime now) throws IOException {
    String plain = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
    String stem = (plain.isEmpty() ? "run" : plain) + "-" + STAMP.format(now);
    try {
      Files.createDirectories(base);
    } catch (IOException wrong) {
      throw new IOException(
          "cannot make the folder " + base + " for reports (" + reason(wrong) + "); choose another",
          wrong);
    }
    for (int number = 1; ; number++) {
      Path folder = base.resolve(number == 1 ? stem : stem + "-" + number);
      try {
        return Files.createDirectory(folder);
      } catch (FileAlreadyExistsException taken) {
        continue;
      } catch (IOException wrong) {
        throw new IOException(
            "cannot make the folder " + folder + " (" + reason(wrong) + "); choose another base",
            wrong);
      }
    }
  }

  private static String reason(IOException wrong) {
    String message = wrong.getMessage();
    return wrong instanceof java.nio.file.FileSystemException file && file.getReason() != null
        ? file.getReason()
        : wrong.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }

  /** Where it is. Captures and other files of the run may be put there. */
  public Path path() {
    return path;
  }

  /** Takes the run's events; from any thread, until {@link #finish}. */
  public EventSink sink() {
    return log;
  }

  /** Ends the raw samples and writes everything else. Returns the page. */
  public Path finish(Options options) throws IOException {
    IOException incomplete = null;
    try {
      log.close();
    } catch (IOException wrong) {
      incomplete = wrong;
    }
    try {
      summary = write(path, options);
    } catch (IOException | RuntimeException wrong) {
      if (incomplete == null) {
        throw wrong;
      }
      incomplete.addSuppressed(wrong);
    }
    if (incomplete != null) {
      throw incomplete;
    }
    return path.resolve(PAGE);
  }

  /** What the run came to; after {@link #finish}. */
  public RunSummary summary() {
    if (summary == null) {
      throw new IllegalStateException("finish() first");
    }
    return summary;
  }

  /** Makes everything but the raw samples again. Returns the page. */
  public static Path remake(Path folder, Options options) throws IOException {
    write(folder, options);
    return folder.resolve(PAGE);
  }

  /** What the run in a folder came to, from its raw samples. */
  public static RunSummary summary(Path folder) throws IOException {
    return RunSummary.of(Recording.read(folder));
  }

  private static RunSummary write(Path folder, Options options) throws IOException {
    Recording run = Recording.read(folder);
    RunSummary summary = RunSummary.of(run);
    new CsvWriter(run).write(folder);
    Files.writeString(folder.resolve("summary.json"), summary.json());
    new ReportPage(run, summary).write(folder, options);
    return summary;
  }
}
