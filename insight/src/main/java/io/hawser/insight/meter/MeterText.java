package io.hawser.insight.meter;

import io.hawser.insight.terminal.Blocks;
import io.hawser.insight.terminal.Quantity;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Readings as text with a graph of the last minute, as CSV, or as JSON lines. */
public final class MeterText {
  /** How readings are written. */
  public enum Format {
    TEXT,
    CSV,
    JSON
  }

  private static final int GRAPH = 60;

  private final Format format;
  private final Map<String, Deque<double[]>> past = new LinkedHashMap<>();
  private final long beganNs = System.nanoTime();
  private boolean headed;

  public MeterText(Format format) {
    this.format = format;
  }

  /** The lines for one round of readings. */
  public String of(List<Reading> readings) {
    StringBuilder out = new StringBuilder();
    for (Reading one : readings) {
      switch (format) {
        case TEXT -> text(one, out);
        case CSV -> csv(one, out);
        case JSON -> json(one, out);
      }
    }
    return out.toString();
  }

  private void text(Reading one, StringBuilder out) {
    Deque<double[]> last = past.computeIfAbsent(one.name(), name -> new ArrayDeque<>());
    last.addLast(new double[] {one.rxBitsPerSecond(), one.txBitsPerSecond()});
    if (last.size() > GRAPH) {
      last.removeFirst();
    }
    for (int i = 0; i < 2; i++) {
      boolean rx = i == 0;
      out.append(
          String.format(
              Locale.ROOT,
              "%-10s %s %12s  average %12s  peak %12s  total %10s  %s%n",
              rx ? one.name() : "",
              rx ? "RX" : "TX",
              Quantity.rate(rx ? one.rxBitsPerSecond() : one.txBitsPerSecond()),
              Quantity.rate(rx ? one.rxAverage() : one.txAverage()),
              Quantity.rate(rx ? one.rxPeak() : one.txPeak()),
              Quantity.bytes(rx ? one.rxTotalBytes() : one.txTotalBytes()),
              graph(last, i, rx ? one.rxPeak() : one.txPeak())));
    }
  }

  private static String graph(Deque<double[]> last, int column, double peak) {
    double[] values = last.stream().mapToDouble(one -> one[column]).toArray();
    return Blocks.row(values, peak).stripTrailing();
  }

  private void csv(Reading one, StringBuilder out) {
    if (!headed) {
      headed = true;
      out.append("seconds,interface,rx_bit_s,tx_bit_s,rx_average_bit_s,tx_average_bit_s,");
      out.append("rx_peak_bit_s,tx_peak_bit_s,rx_total_bytes,tx_total_bytes\n");
    }
    out.append(
        String.format(
            Locale.ROOT,
            "%.3f,%s,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f,%d,%d%n",
            (one.atNs() - beganNs) / 1e9,
            one.name(),
            one.rxBitsPerSecond(),
            one.txBitsPerSecond(),
            one.rxAverage(),
            one.txAverage(),
            one.rxPeak(),
            one.txPeak(),
            one.rxTotalBytes(),
            one.txTotalBytes()));
  }

  private void json(Reading one, StringBuilder out) {
    out.append(
        String.format(
            Locale.ROOT,
            "{\"seconds\":%.3f,\"interface\":\"%s\",\"rxBitsPerSecond\":%.0f,"
                + "\"txBitsPerSecond\":%.0f,\"rxAverage\":%.0f,\"txAverage\":%.0f,"
                + "\"rxPeak\":%.0f,\"txPeak\":%.0f,\"rxTotalBytes\":%d,\"txTotalBytes\":%d}%n",
            (one.atNs() - beganNs) / 1e9,
            one.name(),
            one.rxBitsPerSecond(),
            one.txBitsPerSecond(),
            one.rxAverage(),
            one.txAverage(),
            one.rxPeak(),
            one.txPeak(),
            one.rxTotalBytes(),
            one.txTotalBytes()));
  }
}
