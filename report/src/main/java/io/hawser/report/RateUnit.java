package io.hawser.report;

/** The unit of a plot's rates. */
enum RateUnit {
  BITS(1, "bit/s"),
  KILO(1e3, "kbit/s"),
  MEGA(1e6, "Mbit/s"),
  GIGA(1e9, "Gbit/s");

  private final double bitsPerSecond;
  private final String text;

  RateUnit(double bitsPerSecond, String text) {
    this.bitsPerSecond = bitsPerSecond;
    this.text = text;
  }

  /** The unit in which the highest rate is a short number. */
  static RateUnit of(double mostBitsPerSecond) {
    if (mostBitsPerSecond >= 2e9) {
      return GIGA;
    }
    return mostBitsPerSecond >= 1e6 ? MEGA : KILO;
  }

  double bitsPerSecond() {
    return bitsPerSecond;
  }

  String text() {
    return text;
  }
}
