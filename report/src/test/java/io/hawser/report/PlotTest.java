package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.report.plot.BarPlot;
import io.hawser.report.plot.ImagePainter;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Picture;
import io.hawser.report.plot.Series;
import io.hawser.report.plot.Shape;
import io.hawser.report.plot.TextWidth;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No label of any plot meets another one or leaves its picture. */
class PlotTest {

  private static void assertNothingMeets(Picture picture, String what) {
    List<Shape.Label> labels = picture.labels();
    for (int i = 0; i < labels.size(); i++) {
      Shape.Room room = labels.get(i).room();
      assertThat(
              room.x() >= -0.5
                  && room.x() + room.width() <= picture.width() + 0.5
                  && room.y() >= -0.5
                  && room.y() + room.height() <= picture.height() + 0.5)
          .as("%s: '%s' is inside the picture: %s", what, labels.get(i).text(), room)
          .isTrue();
      for (int k = 0; k < i; k++) {
        assertThat(room.meets(labels.get(k).room()))
            .as("%s: '%s' meets '%s'", what, labels.get(i).text(), labels.get(k).text())
            .isFalse();
      }
    }
  }

  private static void assertAllFine(List<Figure> figures, String what) {
    assertThat(figures).as(what).isNotEmpty();
    for (Figure figure : figures) {
      assertNothingMeets(figure.wide(), what + ", wide " + figure.file());
      assertNothingMeets(figure.narrow(), what + ", narrow " + figure.file());
      assertNothingMeets(figure.alone(), what + ", alone " + figure.file());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void crowdedRunsHaveReadablePlots(long seed) {
    List<Event> events = SyntheticRun.crowded(seed);
    Recording run = Recording.of(events);
    assertAllFine(new RunPlots(run, RunSummary.of(run)).figures(), "seed " + seed);
    Animation animation = new Animation(run, RunSummary.of(run));
    for (int frame = 0; frame < 200; frame += 20) {
      assertNothingMeets(animation.scene(frame, frame * 0.1), "animation, seed " + seed);
    }
  }

  @Test
  void everydayRunsHaveReadablePlots() {
    for (String stack : List.of("tcp", "hawser", "sctp")) {
      Recording run = Recording.of(SyntheticRun.linkCut(stack, 1, 1));
      assertAllFine(new RunPlots(run, RunSummary.of(run)).figures(), stack);
    }
    Recording voice = Recording.of(SyntheticRun.voice("hawser", 1));
    List<Figure> figures = new RunPlots(voice, RunSummary.of(voice)).figures();
    assertAllFine(figures, "voice");
    assertThat(figures).extracting(Figure::file).contains("goodput", "delay", "delay-cdf");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyRangeHasReadableAxes(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      double size = Math.pow(10, random.nextInt(13) - 5);
      LinePlot plot = new LinePlot("Title", "Time since the start, s", "Something, kB");
      BarPlot bars = new BarPlot("Title", "Something long to say about it, ms");
      double[] xs = new double[50];
      double[] ys = new double[50];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = i * size + 1e-3;
        ys[i] = random.nextDouble() * size;
      }
      plot.add(
          new Series(
              "a name".repeat(1 + random.nextInt(12)),
              Series.Kind.LINE,
              xs,
              ys,
              Ink.TEXT,
              io.hawser.report.plot.Dash.SOLID));
      if (random.nextBoolean()) {
        plot.logarithmicX();
      }
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        bars.add(
            new BarPlot.Bar(
                "stack".repeat(1 + random.nextInt(9)),
                ys[i],
                ys[i] * 0.5,
                ys[i] * 1.5,
                List.of(ys[i]),
                Figures.digits(ys[i]),
                Ink.series(i)));
      }
      String what = "seed " + seed + ", round " + round + ", size " + size;
      for (int width : new int[] {358, 470, 960}) {
        if (size >= 1e-4 && size <= 1e5) {
          assertNothingMeets(plot.picture(width, 210, true), what + ", lines " + width);
        }
        assertNothingMeets(bars.picture(width, true), what + ", bars " + width);
      }
    }
  }

  @Test
  void textIsNoWiderThanItsRoom() {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 100);
    for (String text :
        List.of("wifi rate=5mbit down", "0123456789.", "WMm@%", "hawser/mptcp-kernel")) {
      double drawn = font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
      assertThat(drawn).as(text).isLessThan(TextWidth.of(text, 100, false) * 1.03);
    }
    assertThat(TextWidth.fit("a long text", 10, 30)).endsWith("\u2026");
    assertThat(TextWidth.of(TextWidth.fit("a long text", 10, 30), 10, false)).isLessThan(30.0);
  }

  @Test
  void pixelsShowWhatTheModelSays() {
    double[] xs = {0, 10};
    double[] ys = {5, 5};
    LinePlot plot = new LinePlot("t", "x, s", "y, ms");
    plot.add(
        new Series(
            "flat", Series.Kind.LINE, xs, ys, Ink.SERIES_4, io.hawser.report.plot.Dash.SOLID));
    Picture picture = plot.picture(400, 200, false);
    Shape.Line line =
        picture.shapes().stream()
            .filter(Shape.Line.class::isInstance)
            .map(Shape.Line.class::cast)
            .filter(one -> one.ink() == Ink.SERIES_4)
            .reduce((first, last) -> last)
            .orElseThrow();
    BufferedImage image = ImagePainter.image(picture, 2);
    assertThat(image.getWidth()).isEqualTo(800);
    int x = (int) (line.xs()[0] + line.xs()[1]);
    int y = (int) (line.ys()[0] * 2);
    int found = 0;
    for (int near = -2; near <= 2; near++) {
      found += image.getRGB(x, y + near) == Ink.SERIES_4.light().getRGB() ? 1 : 0;
    }
    assertThat(found).isPositive();
  }

  @Test
  void areasLieOnTopOfEachOther() {
    double[] xs = {0, 1};
    List<Series> series = new ArrayList<>();
    LinePlot plot = new LinePlot("t", "x, s", "y, ms");
    for (int i = 0; i < 2; i++) {
      series.add(
          new Series(
              "s" + i,
              Series.Kind.AREA,
              xs,
              new double[] {10, 10},
              Ink.series(i),
              io.hawser.report.plot.Dash.SOLID));
      plot.add(series.get(i));
    }
    List<Shape.Area> areas =
        plot.picture(400, 200, false).shapes().stream()
            .filter(Shape.Area.class::isInstance)
            .map(Shape.Area.class::cast)
            .toList();
    assertThat(areas).hasSize(2);
    assertThat(areas.get(1).ys()[3]).isEqualTo(areas.get(0).ys()[0]);
    assertThat(areas.get(1).ys()[0]).isLessThan(areas.get(0).ys()[0]);
  }
}
