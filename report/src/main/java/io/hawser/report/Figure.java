package io.hawser.report;

import io.hawser.report.plot.BarPlot;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Picture;

/**
 * A plot of a page.
 *
 * @param file the PNG's name without its ending; also the element's id
 * @param heading above it
 * @param note below it; may be empty
 * @param half whether two of them go beside each other on a wide page
 */
record Figure(String file, String heading, String note, boolean half, Source source) {
  private static final int WIDE = 960;
  private static final int HALF = 470;
  private static final int NARROW = 358;

  /** Lays a plot out for a width. */
  @FunctionalInterface
  interface Source {
    Picture picture(int width, int plotHeight, boolean titleShown);
  }

  static Figure of(String file, LinePlot plot, String note) {
    return new Figure(file, plot.title(), note, false, plot::picture);
  }

  static Figure of(String file, BarPlot plot, String note) {
    return new Figure(
        file,
        plot.title(),
        note,
        true,
        (width, plotHeight, titleShown) -> plot.picture(width, titleShown));
  }

  /** For a wide page and paper. */
  Picture wide() {
    return half ? source.picture(HALF, 0, false) : source.picture(WIDE, 280, false);
  }

  /** For a phone. */
  Picture narrow() {
    return source.picture(NARROW, 210, false);
  }

  /** For a file of its own. */
  Picture alone() {
    return half ? source.picture(640, 0, true) : source.picture(WIDE, 320, true);
  }
}
