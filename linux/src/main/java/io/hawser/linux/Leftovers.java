package io.hawser.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process has made on the machine. Each thing is written to a file of the process before
 * it is made, taken away on exit, and if the process was killed, by the next one that calls {@link
 * #sweep}. Safe for all threads.
 */
public final class Leftovers {
  private static @Nullable Leftovers own;

  private final Path file;
  private final List<Leftover> made = new ArrayList<>();

  private Leftovers(Path file) {
    this.file = file;
  }

  private static Path folder() {
    Path run = Path.of("/run");
    String name = "hawser-" + Libc.effectiveUserId();
    Path base = Files.isWritable(run) ? run : Path.of(System.getProperty("java.io.tmpdir"));
    return base.resolve(name);
  }

  /** The one of this process; a shutdown hook undoes what is in it. */
  public static synchronized Leftovers ofThisProcess() {
    Leftovers here = own;
    if (here == null) {
      ProcessHandle me = ProcessHandle.current();
      here = new Leftovers(folder().resolve(me.pid() + "-" + started(me)));
      own = here;
      Leftovers ours = here;
      Runtime.getRuntime().addShutdownHook(new Thread(ours::undoAll, "hawser-leftovers"));
    }
    return here;
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Writes down what is about to be made. */
  public synchronized void willMake(Leftover thing) {
    made.add(thing);
    write();
  }

  /** It has been taken away, or could not be made. */
  public synchronized void isGone(Leftover thing) {
    made.remove(thing);
    write();
  }

  /** Takes it away and forgets it. */
  public synchronized void undo(Leftover thing) {
    thing.undo();
    isGone(thing);
  }

  private void write() {
    try {
      if (made.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(file.getParent());
      List<String> lines = new ArrayList<>();
      for (Leftover thing : made) {
        lines.add(thing.line());
      }
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Undoes everything, the last made first. */
  public synchronized void undoAll() {
    for (Leftover thing : List.copyOf(made).reversed()) {
      undoQuietly(thing);
      made.remove(thing);
    }
    write();
  }

  private static void undoQuietly(Leftover thing) {
    try {
      thing.undo();
    } catch (RuntimeException e) {
      System.err.println("hawser: could not undo '" + thing.line() + "': " + e.getMessage());
    }
  }

  /** Undoes what processes that are no more have left; returns what was found. */
  public static List<String> sweep() {
    List<String> found = new ArrayList<>();
    Path folder = folder();
    if (!Files.isDirectory(folder)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (isOrphan(file)) {
          found.addAll(undoFile(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
    return found;
  }

  private static boolean isOrphan(Path file) {
    String[] parts = String.valueOf(file.getFileName()).split("-");
    if (parts.length != 2 || !(parts[0] + parts[1]).chars().allMatch(Character::isDigit)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts[0]));
    // A pid may have been given to another process since; its start tells.
    return process.isEmpty()
        || !process.get().isAlive()
        || isZombie(parts[0])
        || started(process.get()) != Long.parseLong(parts[1]);
  }

  /** Killed, but its parent has not asked for its end yet. */
  private static boolean isZombie(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.substring(stat.lastIndexOf(')') + 1).strip().startsWith("Z");
    } catch (IOException e) {
      return true;
    }
  }

  private static List<String> undoFile(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.reversed()) {
      undoQuietly(Leftover.parse(line));
    }
    Files.deleteIfExists(file);
    return lines;
  }
}
