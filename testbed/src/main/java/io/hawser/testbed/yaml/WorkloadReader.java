package io.hawser.testbed.yaml;

import io.hawser.sim.scenario.Workload;
import io.hawser.sim.scenario.Workload.Flow;
import java.util.List;
import java.util.Locale;

/** Reads what applications do. */
final class WorkloadReader {
  private static final List<String> KINDS =
      List.of("bulk", "http", "requests", "voice", "game", "iptv", "frames", "video", "iperf3");
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MILLISECOND_NS = 1_000_000L;

  private WorkloadReader() {}

  static Workload read(Fields fields) throws FormatException {
    String kind = fields.parsed("kind", "bulk", WorkloadReader::kind);
    Workload workload =
        switch (kind) {
          case "bulk" -> new Workload.Bulk(flow(fields, Flow.DOWNLOAD), time(fields));
          case "http" ->
              new Workload.Http(fields.parsedOr("size", 20_000_000L, "20mb", Quantity::bytes));
          case "requests" ->
              new Workload.Requests(
                  time(fields),
                  fields.parsedOr("rate", 20.0, "20", WorkloadReader::perSecond),
                  bytes(fields, "request", 200),
                  bytes(fields, "reply", 4_000));
          case "voice" -> frames(fields, kind, Flow.BOTH, 50, 160, 150);
          case "game" -> frames(fields, kind, Flow.BOTH, 30, 120, 100);
          case "iptv" -> iptv(fields);
          case "frames" -> frames(fields, kind, Flow.DOWNLOAD, 50, 1_000, 150);
          case "video" ->
              new Workload.Video(
                  time(fields),
                  fields.parsedOr("bitrate", 8_000_000L, "8mbit", Quantity::bitsPerSecond),
                  fields.parsedOr("segment", 2 * SECOND_NS, "2s", Quantity::timeNs),
                  fields.parsedOr("start", 2 * SECOND_NS, "2s", Quantity::timeNs),
                  fields.parsedOr("ahead", 10 * SECOND_NS, "10s", Quantity::timeNs));
          default ->
              new Workload.Iperf3(
                  flow(fields, Flow.DOWNLOAD),
                  time(fields),
                  fields.parsedOr("parallel", 1, "1", Integer::parseInt));
        };
    fields.end();
    return workload;
  }

  private static String kind(String text) {
    if (!KINDS.contains(text)) {
      throw new IllegalArgumentException(
          "no workload '"
              + text
              + "'"
              + Words.nearest(text, KINDS)
              + "; there are "
              + String.join(", ", KINDS));
    }
    return text;
  }

  private static long time(Fields fields) throws FormatException {
    return fields.parsedOr("time", 10 * SECOND_NS, "10s", WorkloadReader::positiveTime);
  }

  private static long positiveTime(String text) {
    long ns = Quantity.timeNs(text);
    if (ns <= 0) {
      throw new IllegalArgumentException("the time must be more than 0");
    }
    return ns;
  }

  private static Flow flow(Fields fields, Flow otherwise) throws FormatException {
    return fields.parsedOr("flow", otherwise, "download", WorkloadReader::flow);
  }

  private static Flow flow(String text) {
    try {
      return Flow.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no flow '" + text + "'; there are upload, download and both", e);
    }
  }

  private static int bytes(Fields fields, String name, int otherwise) throws FormatException {
    return fields.parsedOr(
        name, otherwise, otherwise + "b", text -> Math.toIntExact(Quantity.bytes(text)));
  }

  private static double perSecond(String text) {
    double rate = Double.parseDouble(text);
    if (!(rate > 0 && rate <= 100_000)) {
      throw new IllegalArgumentException("a rate is more than 0 and at most 100000 a second");
    }
    return rate;
  }

  private static Workload frames(
      Fields fields, String name, Flow flow, double rate, int size, long deadlineMs)
      throws FormatException {
    return new Workload.Frames(
        name,
        flow(fields, flow),
        time(fields),
        fields.parsedOr("rate", rate, "50", WorkloadReader::perSecond),
        bytes(fields, "frame", size),
        fields.parsedOr("deadline", deadlineMs * MILLISECOND_NS, "150ms", Quantity::timeNs));
  }

  /** A constant bit rate in frames of seven transport-stream packets, as IPTV has it. */
  private static Workload iptv(Fields fields) throws FormatException {
    int frameBytes = bytes(fields, "frame", 7 * 188);
    long bits = fields.parsedOr("bitrate", 8_000_000L, "8mbit", Quantity::bitsPerSecond);
    return new Workload.Frames(
        "iptv",
        flow(fields, Flow.DOWNLOAD),
        time(fields),
        bits / 8.0 / frameBytes,
        frameBytes,
        fields.parsedOr("deadline", 300 * MILLISECOND_NS, "300ms", Quantity::timeNs));
  }
}
