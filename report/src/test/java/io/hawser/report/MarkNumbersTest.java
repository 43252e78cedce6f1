package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.report.plot.Dash;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Series;
import io.hawser.report.plot.SvgPainter;
import io.hawser.report.plot.TextWidth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SVG of a plot whose marks crowd: numbers are in order, and never read as one. */
class MarkNumbersTest {
  private static final Pattern FLAG =
      Pattern.compile(
          "<text class=\"yt\" x=\"([0-9.]+)\" y=\"([0-9.]+)\" font-size=\"11\"( text-anchor=\"end\")?>"
              + "([^<]*)</text>");

  /** The least room between two numbers of a row; a space is 3.5 wide. */
  private static final double APART = 11.9;

  private record Flag(double left, double right, String text) {
    boolean isNumber() {
      return text.chars().allMatch(Character::isDigit);
    }
  }

  private static Map<Double, List<Flag>> rows(String svg) {
    Map<Double, List<Flag>> rows = new TreeMap<>();
    for (MatchResult one : FLAG.matcher(svg).results().toList()) {
      double x = Double.parseDouble(one.group(1));
      double width = TextWidth.of(one.group(4), 11, false);
      double left = one.group(3) == null ? x : x - width;
      rows.computeIfAbsent(Double.parseDouble(one.group(2)), y -> new ArrayList<>())
          .add(new Flag(left, left + width, one.group(4)));
    }
    rows.values().forEach(row -> row.sort(Comparator.comparingDouble(Flag::left)));
    return rows;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void numbersOfARowAscendAndStandApart(long seed) {
    Random random = new Random(seed);
    int numbers = 0;
    for (int width : new int[] {358, 470, 960}) {
      LinePlot plot = new LinePlot("t", "Time since the start, s", "Payload, Mbit/s");
      double[] xs = {0, 12};
      plot.add(new Series("goodput", Series.Kind.LINE, xs, xs, Ink.SERIES_1, Dash.SOLID));
      double at = 2;
      for (int i = 0; i < 24; i++) {
        at += random.nextDouble() * 0.4;
        plot.mark(at, "link-number-" + i + " rate=5mbit delay=80ms");
      }
      String svg = SvgPainter.paint(plot.picture(width, 210, false), "plot", "wide");
      for (List<Flag> row : rows(svg).values()) {
        for (int i = 1; i < row.size(); i++) {
          Flag before = row.get(i - 1);
          Flag after = row.get(i);
          String what = "seed " + seed + ", " + width + ": " + before + " beside " + after;
          assertThat(after.left - before.right).as(what).isGreaterThan(3.9);
          if (before.isNumber() && after.isNumber()) {
            numbers++;
            assertThat(after.left - before.right).as(what).isGreaterThan(APART);
            assertThat(Integer.parseInt(after.text))
                .as(what)
                .isGreaterThan(Integer.parseInt(before.text));
          }
        }
      }
    }
    assertThat(numbers).as("neighbours that were compared").isPositive();
  }
}
