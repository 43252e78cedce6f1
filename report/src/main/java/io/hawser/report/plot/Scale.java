package io.hawser.report.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** From values to pixels along one axis, and where its ticks are. */
final class Scale {
  private final double least;
  private final double most;
  private final double fromPixel;
  private final double toPixel;
  private final boolean logarithmic;

  /** A tick and its text. */
  record Tick(double pixel, String text) {}

  private Scale(double least, double most, double fromPixel, double toPixel, boolean logarithmic) {
    this.least = least;
    this.most = most;
    this.fromPixel = fromPixel;
    this.toPixel = toPixel;
    this.logarithmic = logarithmic;
  }

  static Scale linear(double least, double most, double fromPixel, double toPixel) {
    double end = most > least ? most : least + 1;
    return new Scale(least, end, fromPixel, toPixel, false);
  }

  /** Both ends go out to a 1, 2 or 5 of their decade. */
  static Scale logarithmic(double least, double most, double fromPixel, double toPixel) {
    double low = Double.MIN_VALUE;
    double high = Double.MAX_VALUE;
    double smallest = Math.max(least, 1e-9);
    double largest = Math.max(most, smallest * 1.01);
    for (int decade = -10; decade < 15; decade++) {
      for (int digit : new int[] {1, 2, 5}) {
        double value = digit * Math.pow(10, decade);
        low = value <= smallest ? value : low;
        high = value >= largest && high == Double.MAX_VALUE ? value : high;
      }
    }
    return new Scale(low, high, fromPixel, toPixel, true);
  }

  double least() {
    return least;
  }

  double most() {
    return most;
  }

  /** The value's pixel; values beyond an end are drawn at the end. */
  double pixel(double value) {
    double inside = Math.clamp(value, least, most);
    double part =
        logarithmic
            ? Math.log(inside / least) / Math.log(most / least)
            : (inside - least) / (most - least);
    return fromPixel + part * (toPixel - fromPixel);
  }

  /** The least 1, 2 or 5 of a decade that makes at most so many steps. */
  static double step(double range, int atMost) {
    double rough = Math.max(range, 1e-12) / Math.max(1, atMost);
    double decade = Math.pow(10, Math.floor(Math.log10(rough)));
    for (int digit : new int[] {1, 2, 5}) {
      if (digit * decade >= rough * (1 - 1e-9)) {
        return digit * decade;
      }
    }
    return 10 * decade;
  }

  /** Ticks whose texts, written beside each other, leave room between them. */
  List<Tick> ticksAcross(double size) {
    double room = 56;
    while (true) {
      List<Tick> ticks = ticks(room);
      double widest =
          ticks.stream()
              .mapToDouble(tick -> TextWidth.of(tick.text(), size, false))
              .max()
              .orElse(0);
      if (ticks.size() < 2 || nearest(ticks) >= widest + 8 || room > 2_000) {
        return ticks;
      }
      room *= 1.3;
    }
  }

  private static double nearest(List<Tick> ticks) {
    double nearest = Double.MAX_VALUE;
    for (int i = 1; i < ticks.size(); i++) {
      nearest = Math.min(nearest, Math.abs(ticks.get(i).pixel() - ticks.get(i - 1).pixel()));
    }
    return nearest;
  }

  /** Ticks that leave at least {@code room} pixels between each other. */
  List<Tick> ticks(double room) {
    return logarithmic ? logarithmicTicks(room) : linearTicks(room);
  }

  private List<Tick> linearTicks(double room) {
    int atMost = (int) Math.max(1, Math.abs(toPixel - fromPixel) / room);
    double step = step(most - least, atMost);
    for (int finer = 2; step > (most - least) * 0.9 && finer < 6; finer++) {
      step = step(most - least, finer);
    }
    int places = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(least / step - 1e-9); i * step <= most + step * 1e-9; i++) {
      String text =
          i == 0
              ? "0"
              : BigDecimal.valueOf(i * step).setScale(places, RoundingMode.HALF_UP).toPlainString();
      ticks.add(new Tick(pixel(i * step), text));
    }
    return ticks;
  }

  private List<Tick> logarithmicTicks(double room) {
    List<Tick> ticks = decades(new int[] {1, 2, 5}, 1);
    for (int every = 1; every < 8 && nearest(ticks) < room; every++) {
      ticks = decades(new int[] {1}, every);
    }
    return ticks;
  }

  private List<Tick> decades(int[] digits, int every) {
    List<Tick> ticks = new ArrayList<>();
    for (int decade = -12; decade < 15; decade += every) {
      for (int digit : digits) {
        double value = digit * Math.pow(10, decade);
        if (value >= least * 0.999 && value <= most * 1.001) {
          String text = new BigDecimal(digit).scaleByPowerOfTen(decade).toPlainString();
          ticks.add(new Tick(pixel(value), text));
        }
      }
    }
    return ticks;
  }
}
