package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers on disk what this program changes on the machine, so that whatever ends it, nothing
 * stays.
 *
 * <p>A change is written down before it is made. {@link #undoAll} and the JVM's end take all back,
 * last made first; {@link #sweep} does it for programs that were killed. One small file a program,
 * named after its process; lines that begin with '+' were made, with '-' are gone.
 */
public final class Leftovers {
  private static final String SUFFIX = ".leftovers";

  private final Path file;
  private final ProcessMark mark;
  private final Set<Leftover> made = new LinkedHashSet<>();
  private final ReadWriteLock changing = new ReentrantReadWriteLock();
  private volatile boolean ended;

  private Leftovers(Path directory, ProcessMark mark) {
    this.file = directory.resolve(mark.fileName() + SUFFIX);
    this.mark = mark;
  }

  private static final class ThisProcess {
    static final Leftovers INSTANCE = start();

    private static Leftovers start() {
      Leftovers leftovers =
          new Leftovers(LeftoverDirectory.standard(), ProcessMark.ofThisProcess());
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("hawser-tidy-up").unstarted(leftovers::end));
      return leftovers;
    }
  }

  /** What this program makes; taken back when the JVM ends. */
  public static Leftovers ofThisProcess() {
    return ThisProcess.INSTANCE;
  }

  /** What the given process makes, kept in a directory; without a shutdown hook. */
  static Leftovers of(Path directory, long pid) {
    return new Leftovers(directory, ProcessMark.of(pid));
  }

  /**
   * Makes a change that is written down before; the end of the JVM waits until it is made, and
   * takes it back.
   *
   * @throws DeviceException if the change fails, or if the JVM is ending and no more may be made
   */
  public void make(Leftover change, Runnable making) {
    changing.readLock().lock();
    try {
      if (ended) {
        throw new DeviceException("the program is ending: nothing more is made");
      }
      willMake(change);
      making.run();
    } finally {
      changing.readLock().unlock();
    }
  }

  /** The last thing in a JVM: takes all back, and lets nobody make more. */
  void end() {
    changing.writeLock().lock();
    try {
      ended = true;
    } finally {
      changing.writeLock().unlock();
    }
    undoAll();
  }

  /** Writes down a change; call it before the change is made. */
  public synchronized void willMake(Leftover change) {
    if (made.isEmpty()) {
      write(mark.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }
    if (made.add(change)) {
      write("+" + change.line() + "\n", StandardOpenOption.APPEND);
    }
  }

  /** Crosses out a change that was taken back, or was never made. */
  public synchronized void isGone(Leftover change) {
    if (!made.remove(change)) {
      return;
    }
    if (made.isEmpty()) {
      delete();
    } else {
      write("-" + change.line() + "\n", StandardOpenOption.APPEND);
    }
  }

  /** Takes one change back now. */
  public void undo(Leftover change) {
    change.undo();
    isGone(change);
  }

  /** What was made and is not gone, in the order of making. */
  public synchronized List<Leftover> present() {
    return List.copyOf(made);
  }

  /** Takes all back, last made first; a change that cannot be taken back is reported on stderr. */
  public synchronized void undoAll() {
    if (made.isEmpty()) {
      return;
    }
    undo(new ArrayList<>(made));
    made.clear();
    delete();
  }

  private static void undo(List<Leftover> changes) {
    for (Leftover change : changes.reversed()) {
      try {
        change.undo();
      } catch (DeviceException | UncheckedIOException e) {
        System.err.println("hawser: left behind: " + change + ": " + e.getMessage());
      }
    }
  }

  private void write(String text, StandardOpenOption... options) {
    StandardOpenOption[] all = new StandardOpenOption[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = StandardOpenOption.WRITE;
    try {
      Files.writeString(file, text, all);
    } catch (IOException e) {
      throw new DeviceException(
          "cannot write down in " + file + " what is to be undone later: " + e.getMessage());
    }
  }

  private void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      System.err.println("hawser: cannot delete " + file + ": " + e.getMessage());
    }
  }

  /** A folder that only this user can write, for what programs tell each other at run time. */
  public static Path directory() {
    return LeftoverDirectory.standard();
  }

  /** Takes back what programs that were killed have left; what was found. */
  public static List<String> sweep() {
    return sweep(LeftoverDirectory.standard());
  }

  static List<String> sweep(Path directory) {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
    List<String> undone = new ArrayList<>();
    for (Path file : files) {
      try {
        undone.addAll(sweepFile(file));
      } catch (IOException e) {
        System.err.println("hawser: cannot tidy up after " + file + ": " + e.getMessage());
      }
    }
    return undone;
  }

  private static List<String> sweepFile(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return List.of();
      }
      List<String> lines = Files.readAllLines(file);
      ProcessMark owner = lines.isEmpty() ? null : ProcessMark.parse(lines.getFirst());
      if (owner == null) {
        // Empty: the owner is about to write its first line, or was killed before it did.
        return List.of();
      }
      List<Leftover> left = new ArrayList<>();
      switch (owner.fate()) {
        case ALIVE, OUT_OF_REACH -> {
          return List.of();
        }
        case VANISHED -> {}
        case DEAD -> left.addAll(replay(lines));
      }
      undo(left);
      Files.delete(file);
      return left.stream().map(Leftover::line).toList();
    } catch (OverlappingFileLockException | NoSuchFileException e) {
      return List.of();
    }
  }

  private static List<Leftover> replay(List<String> lines) {
    Set<Leftover> left = new LinkedHashSet<>();
    for (String line : lines.subList(1, lines.size())) {
      @Nullable Leftover change = line.isEmpty() ? null : Leftover.parse(line.substring(1));
      if (change != null && line.charAt(0) == '+') {
        left.add(change);
      } else if (change != null) {
        left.remove(change);
      }
    }
    return new ArrayList<>(left);
  }
}
