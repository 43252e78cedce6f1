package io.hawser.bench;

import java.util.Arrays;
import java.util.Locale;

/** The median and range of some figures. */
record Spread(double median, double least, double most) {

  static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Spread(median, sorted[0], sorted[n - 1]);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f [%.2f-%.2f]", median, least, most);
  }

  String json() {
    return String.format(
        Locale.ROOT, "{\"median\":%.3f,\"least\":%.3f,\"most\":%.3f}", median, least, most);
  }
}
