package io.hawser.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * The median and range of the figures of several runs.
 *
 * @param count how many
 */
public record Spread(int count, double median, double least, double most) {

  /** Of at least one figure. */
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no figures");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Spread(n, median, sorted[0], sorted[n - 1]);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.4g [%.4g-%.4g]", median, least, most);
  }

  /** As a JSON object. */
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"count\":%d,\"median\":%.4f,\"least\":%.4f,\"most\":%.4f}",
        count,
        median,
        least,
        most);
  }
}
