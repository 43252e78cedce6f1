package io.hawser.report;

import io.hawser.report.plot.Dash;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.Picture;
import io.hawser.report.plot.Shape;
import io.hawser.report.plot.Shape.Anchor;
import io.hawser.report.plot.TextWidth;
import java.util.ArrayList;
import java.util.List;

/** The upper half of an animation's frame: two hosts and pipes between them. */
final class Scene {
  private static final double HEADING = 44;
  private static final double BANNER = 30;
  private static final double HOST_WIDTH = 74;
  private static final double THICKEST = 26;
  private static final double THINNEST = 7;
  private static final double LABEL = 13;

  private final int width;
  private final int height;
  private final List<Shape> shapes = new ArrayList<>();

  /**
   * A link.
   *
   * @param bitsPerSecond what it carries now
   * @param capacityBitsPerSecond what it could carry
   */
  record Pipe(
      String name, double bitsPerSecond, double capacityBitsPerSecond, boolean usable, Ink ink) {}

  Scene(int width, int height) {
    this.width = width;
    this.height = height;
  }

  void heading(String title, String right) {
    double rightWidth = TextWidth.of(right, 14, false);
    String text = TextWidth.fit(title, 17 * 1.12, width - 48 - rightWidth);
    label(16, 28, text, 17, Anchor.START, Ink.TEXT, true);
    label(width - 16, 28, right, 14, Anchor.END, Ink.MUTED, false);
  }

  /** Pipes from the client at the left to the server at the right. */
  void pipes(List<Pipe> pipes, boolean forth, int frame) {
    double top = HEADING;
    double bottom = height - BANNER;
    double left = 18 + HOST_WIDTH;
    double right = width - 18 - HOST_WIDTH;
    shapes.add(new Shape.Box(18, top, HOST_WIDTH, bottom - top, Ink.GRID, 1));
    shapes.add(new Shape.Box(right, top, HOST_WIDTH, bottom - top, Ink.GRID, 1));
    double middle = (top + bottom) / 2 + 5;
    label(18 + HOST_WIDTH / 2, middle, "client", 14, Anchor.MIDDLE, Ink.TEXT, true);
    label(right + HOST_WIDTH / 2, middle, "server", 14, Anchor.MIDDLE, Ink.TEXT, true);
    double row = (bottom - top) / Math.max(1, pipes.size());
    double thickest = Math.clamp(row - LABEL - 8, THINNEST, THICKEST);
    double most = pipes.stream().mapToDouble(Pipe::capacityBitsPerSecond).max().orElse(1);
    for (int i = 0; i < pipes.size(); i++) {
      Pipe pipe = pipes.get(i);
      double part = Math.sqrt(Math.min(1, pipe.capacityBitsPerSecond() / most));
      double thick = Math.max(THINNEST, thickest * part);
      double labelled = Math.min(row, thickest + LABEL + 6);
      double baseline = top + i * row + (row - labelled) / 2 + LABEL;
      pipe(pipe, left, right, baseline, thick, forth, frame);
    }
  }

  private void pipe(
      Pipe pipe,
      double left,
      double right,
      double baseline,
      double thick,
      boolean forth,
      int frame) {
    double top = baseline + 5;
    String text =
        pipe.usable()
            ? pipe.name() + "  " + Figures.rate(pipe.bitsPerSecond())
            : pipe.name() + "  down";
    label(left + 10, baseline, text, LABEL, Anchor.START, Ink.TEXT, !pipe.usable());
    shapes.add(new Shape.Box(left, top, right - left, thick, Ink.GRID, 1));
    if (!pipe.usable()) {
      broken(left, right, top, thick);
      return;
    }
    double part = Math.clamp(pipe.bitsPerSecond() / pipe.capacityBitsPerSecond(), 0, 1);
    if (part < 0.005) {
      return;
    }
    double flow = Math.max(2, thick * part);
    double flowTop = top + (thick - flow) / 2;
    shapes.add(new Shape.Box(left, flowTop, right - left, flow, pipe.ink(), 1));
    double gap = 46;
    double shift = frame * 9 % gap;
    for (double x = left - gap; x < right; x += gap) {
      double at = forth ? x + shift : x + gap - shift;
      double from = Math.max(left, at);
      double to = Math.min(right, at + 10);
      if (to > from) {
        shapes.add(new Shape.Box(from, flowTop, to - from, flow, Ink.PAPER, 0.55));
      }
    }
  }

  /** A pipe with a cross in its middle. */
  private void broken(double left, double right, double top, double thick) {
    double x = (left + right) / 2;
    double y = top + thick / 2;
    double arm = Math.max(8, thick * 0.6);
    shapes.add(new Shape.Box(x - 20, top, 40, thick, Ink.PAPER, 1));
    double[] down = {y - arm, y + arm};
    double[] up = {y + arm, y - arm};
    double[] across = {x - arm, x + arm};
    shapes.add(new Shape.Line(across, down, Ink.SERIES_4, 4, Dash.SOLID));
    shapes.add(new Shape.Line(across, up, Ink.SERIES_4, 4, Dash.SOLID));
  }

  /** One line below the pipes; loud for what just happened. */
  void banner(String text, boolean loud) {
    double y = height - 9;
    if (loud) {
      String shown = TextWidth.fit(text, 15 * 1.12, width - 60);
      double half = TextWidth.of(shown, 15, true) / 2 + 12;
      shapes.add(new Shape.Box(width / 2.0 - half, y - 18, 2 * half, 24, Ink.SERIES_4, 0.22));
      label(width / 2.0, y - 1, shown, 15, Anchor.MIDDLE, Ink.TEXT, true);
    } else {
      label(width / 2.0, y - 1, text, 14, Anchor.MIDDLE, Ink.TEXT, false);
    }
  }

  Picture picture() {
    return new Picture(width, height, "", "", shapes);
  }

  private void label(
      double x, double y, String text, double size, Anchor anchor, Ink ink, boolean bold) {
    shapes.add(new Shape.Label(x, y, text, size, anchor, ink, bold, false));
  }
}
