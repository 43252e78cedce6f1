package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Passes events on, and shows the speed of every link in one line while a run goes on. */
final class LiveLines implements EventSink {
  private static final long PERIOD_NS = 500_000_000L;

  private final @Nullable PrintStream out;
  private final EventSink next;
  private final Map<String, Event.LinkSample> now = new LinkedHashMap<>();
  private final Map<String, Event.LinkSample> before = new LinkedHashMap<>();
  private String stack = "";
  private long startNs;
  private long shownNs;
  private int width;

  LiveLines(@Nullable PrintStream out, EventSink next) {
    this.out = System.console() == null ? null : out;
    this.next = next;
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return true;
  }

  @Override
  public void accept(Event event) {
    next.accept(event);
    if (out == null) {
      return;
    }
    synchronized (this) {
      switch (event) {
        case Event.RunStarted started -> {
          stack = started.stack();
          startNs = started.atNs();
          shownNs = started.atNs();
        }
        case Event.LinkSample sample -> {
          now.put(sample.link(), sample);
          before.putIfAbsent(sample.link(), sample);
        }
        case Event.CpuSample sample -> {
          if (sample.atNs() - shownNs >= PERIOD_NS) {
            show(sample.atNs());
          }
        }
        default -> {}
      }
    }
  }

  private void show(long atNs) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%6.1f s  %s", (atNs - startNs) / 1e9, stack));
    for (Map.Entry<String, Event.LinkSample> entry : now.entrySet()) {
      Event.LinkSample last = entry.getValue();
      Event.LinkSample first = before.get(entry.getKey());
      if (first != null) {
        double seconds = Math.max(1e-3, (last.atNs() - first.atNs()) / 1e9);
        double back = (last.backBytes() - first.backBytes()) * 8e-6 / seconds;
        double forth = (last.forthBytes() - first.forthBytes()) * 8e-6 / seconds;
        line.append(
            String.format(
                Locale.ROOT, "  %s down %.1f up %.1f Mbit/s", entry.getKey(), back, forth));
      }
    }
    before.putAll(now);
    shownNs = atNs;
    print(line.toString());
  }

  private void print(String line) {
    PrintStream to = out;
    if (to != null) {
      to.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      to.flush();
      width = line.length();
    }
  }

  /** Clears the line. */
  synchronized void end() {
    if (width > 0 && out != null) {
      print("");
      out.print("\r");
      out.flush();
    }
  }
}
