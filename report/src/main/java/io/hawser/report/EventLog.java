package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to a file, one JSON object a line, while they come.
 *
 * <p>Any thread may hand over events. A thread of the log's own writes them; if the disk is slower
 * than the events for long, those who hand over wait: nothing is dropped and memory is bounded. If
 * the disk fails, the log goes on taking events, so that the run is not disturbed, and {@link
 * #close} tells.
 */
public final class EventLog implements EventSink, Closeable {
  /** The file's name in a run's folder. */
  public static final String FILE = "events.jsonl";

  private static final int QUEUED_EVENTS = 16_384;
  private static final long FLUSH_NS = 500_000_000;

  private final Path file;
  private final ArrayBlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUED_EVENTS);
  private final EventCodec codec = new EventCodec();
  private final BufferedWriter writer;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean done;
  private @Nullable IOException failure;
  private long writtenEvents;
  private long lostEvents;

  /** What reading a log came to. */
  public record Reading(long events, long unknown, String damage) {}

  /** Begins a log. An existing file is an error: raw samples are never overwritten. */
  public EventLog(Path file) throws IOException {
    this(
        file,
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, java.nio.file.StandardOpenOption.CREATE_NEW));
  }

  EventLog(Path file, BufferedWriter writer) {
    this.file = file;
    this.writer = writer;
    thread = Thread.ofPlatform().name("hawser-event-log").daemon().start(this::drain);
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return true;
  }

  @Override
  public void accept(Event event) {
    boolean interrupted = false;
    while (!done) {
      try {
        if (queue.offer(event, 50, TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException wakeUp) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain() {
    long flushedNs = System.nanoTime();
    try {
      while (true) {
        Event event = queue.poll(100, TimeUnit.MILLISECONDS);
        if (event != null) {
          write(event);
        } else if (closing) {
          return;
        }
        if (System.nanoTime() - flushedNs > FLUSH_NS) {
          flushedNs = System.nanoTime();
          flush();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      done = true;
    }
  }

  private void write(Event event) {
    if (failure != null) {
      lostEvents++;
      return;
    }
    try {
      writer.write(codec.line(event));
      writer.write('\n');
      writtenEvents++;
    } catch (IOException wrong) {
      failure = wrong;
      lostEvents++;
    }
  }

  private void flush() {
    if (failure == null) {
      try {
        writer.flush();
      } catch (IOException wrong) {
        failure = wrong;
      }
    }
  }

  /**
   * Writes what is left.
   *
   * @throws IOException if something could not be written; it says what and why
   */
  @Override
  public void close() throws IOException {
    closing = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException wakeUp) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      writer.close();
    } catch (IOException wrong) {
      failure = failure == null ? wrong : failure;
    }
    if (failure != null) {
      throw new IOException(
          "the event log "
              + file
              + " is not complete: "
              + failure.getMessage()
              + "; about "
              + writtenEvents
              + " events were written and "
              + lostEvents
              + " were not; free some space, or choose a folder on another disk, and run again",
          failure);
    }
  }

  /** Reads a whole log into memory. */
  public static List<Event> read(Path file) throws IOException {
    List<Event> events = new ArrayList<>();
    read(file, events::add);
    return events;
  }

  /**
   * Reads a log. A last line without its end is what a killed run leaves: it is skipped and told.
   *
   * @throws IOException if a line cannot be read; the message has its number
   */
  public static Reading read(Path file, Consumer<Event> into) throws IOException {
    EventCodec codec = new EventCodec();
    long events = 0;
    long unknown = 0;
    long number = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      while (line != null) {
        number++;
        String next = reader.readLine();
        try {
          Event event = codec.event(line);
          if (event == null) {
            unknown++;
          } else {
            events++;
            into.accept(event);
          }
        } catch (IOException wrong) {
          if (next == null) {
            return new Reading(events, unknown, "the last line is cut off: the run was killed");
          }
          throw new IOException(
              file + ", line " + number + ": not an event: " + wrong.getMessage(), wrong);
        }
        line = next;
      }
    } catch (CharacterCodingException wrong) {
      throw new IOException(file + ", after line " + number + ": not UTF-8 text", wrong);
    }
    return new Reading(events, unknown, "");
  }
}
