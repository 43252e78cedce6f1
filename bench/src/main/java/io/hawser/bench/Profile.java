package io.hawser.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a transfer goes: one connection with the kernel as the peer under the JDK's
 * flight recorder, and the hottest places of the stack's thread and of the application's.
 */
public final class Profile {
  private static final String STACK_THREAD = "hawser-bench";
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final int PLACES = 12;

  private Profile() {}

  /**
   * Runs it.
   *
   * @param sends whether Hawser sends or receives
   * @param file where the recording is left, for a viewer such as JDK Mission Control
   * @return lines to read
   */
  public static List<String> run(boolean sends, BenchSettings settings, Path file)
      throws IOException {
    List<String> lines = new ArrayList<>();
    try (Congestion _ = Congestion.allow(settings.congestion());
        Pair pair = open(sends, settings);
        Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
      recording.enable("jdk.NativeMethodSample").withPeriod(PERIOD);
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
      recording.start();
      Transfer.Result result = pair.transfer(settings.durationNs());
      recording.stop();
      recording.dump(file);
      lines.add(
          String.format(
              Locale.ROOT,
              "%s %.2f Gbit/s, %.3f s/GB of the whole machine",
              sends ? "sent" : "received",
              result.gigabits(),
              result.machineSecondsPerGigabyte()));
    }
    lines.addAll(places(file, "jdk.ExecutionSample", "time on the processor"));
    lines.addAll(places(file, "jdk.ObjectAllocationSample", "samples of allocation"));
    lines.add("the whole recording: " + file);
    return lines;
  }

  private static Pair open(boolean sends, BenchSettings settings) throws IOException {
    return Pair.open(
        sends ? Pair.Kind.HAWSER_CLIENT : Pair.Kind.HAWSER_SERVER, PairOptions.of(settings));
  }

  /** The most frequent places of each kind of thread. */
  private static List<String> places(Path file, String event, String what) throws IOException {
    Map<Boolean, Map<String, Integer>> counts = new HashMap<>();
    try (RecordingFile recorded = new RecordingFile(file)) {
      while (recorded.hasMoreEvents()) {
        RecordedEvent one = recorded.readEvent();
        String place = place(one.getStackTrace());
        if (one.getEventType().getName().equals(event) && place != null) {
          counts.computeIfAbsent(isStack(one), k -> new HashMap<>()).merge(place, 1, Integer::sum);
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (boolean stack : new boolean[] {true, false}) {
      Map<String, Integer> some = counts.getOrDefault(stack, Map.of());
      int all = some.values().stream().mapToInt(Integer::intValue).sum();
      lines.add("");
      lines.add(what + (stack ? ", the stack's thread: " : ", other threads: ") + all + " samples");
      some.entrySet().stream()
          .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
          .limit(PLACES)
          .forEach(entry ->
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "  %5.1f %%  %s",
                      100.0 * entry.getValue() / all,
                      entry.getKey())));
    }
    return lines;
  }

  private static boolean isStack(RecordedEvent event) {
    RecordedThread thread =
        event.hasField("sampledThread") ? event.getThread("sampledThread") : event.getThread();
    return thread != null && STACK_THREAD.equals(thread.getJavaName());
  }

  /** The innermost frames that are Hawser's: what the JDK does is shown by who asked for it. */
  private static @Nullable String place(@Nullable RecordedStackTrace trace) {
    if (trace == null) {
      return null;
    }
    List<String> own = new ArrayList<>();
    for (RecordedFrame frame : trace.getFrames()) {
      String type = frame.getMethod().getType().getName();
      if (type.startsWith("io.hawser.")) {
        own.add(
            type.substring(type.lastIndexOf('.') + 1)
                + "."
                + frame.getMethod().getName()
                + ":"
                + frame.getLineNumber());
      }
      if (own.size() == 2) {
        break;
      }
    }
    return own.isEmpty() ? "the JVM" : String.join(" by ", own);
  }
}
