package io.hawser.report.plot;

import java.util.Locale;

/**
 * Paints a picture as an SVG element for a page whose style sheet has {@link Ink#classes}. Pictures
 * are well-formed XML.
 */
public final class SvgPainter {
  private final StringBuilder out = new StringBuilder();

  private SvgPainter() {}

  /**
   * The element.
   *
   * @param id unique in its page
   */
  public static String paint(Picture picture, String id, String cssClass) {
    SvgPainter painter = new SvgPainter();
    painter.out.append(
        String.format(
            Locale.ROOT,
            "<svg class=\"%s\" viewBox=\"0 0 %d %d\""
                + " width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">\n"
                + "<title id=\"%s-t\">%s</title><desc id=\"%s-d\">%s</desc>\n",
            cssClass,
            picture.width(),
            picture.height(),
            picture.width(),
            picture.height(),
            id,
            id,
            id,
            escape(picture.title()),
            id,
            escape(picture.description())));
    picture.shapes().forEach(painter::paint);
    return painter.out.append("</svg>\n").toString();
  }

  private void paint(Shape shape) {
    switch (shape) {
      case Shape.Line line -> line(line);
      case Shape.Area area -> {
        out.append("<path class=\"y").append(area.ink().css());
        out.append("\" fill-opacity=\"").append(number(area.opacity())).append("\" d=\"");
        path(area.xs(), area.ys());
        out.append("Z\"/>\n");
      }
      case Shape.Box box ->
          out.append(
              String.format(
                  Locale.ROOT,
                  "<rect class=\"y%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                      + " fill-opacity=\"%s\"/>%n",
                  box.ink().css(),
                  number(box.x()),
                  number(box.y()),
                  number(Math.max(0, box.width())),
                  number(Math.max(0, box.height())),
                  number(box.opacity())));
      case Shape.Dot dot ->
          out.append(
              String.format(
                  Locale.ROOT,
                  "<circle class=\"y%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>%n",
                  dot.ink().css(),
                  number(dot.x()),
                  number(dot.y()),
                  number(dot.radius())));
      case Shape.Label label -> label(label);
    }
  }

  private void line(Shape.Line line) {
    out.append("<path class=\"x").append(line.ink().css());
    out.append("\" stroke-width=\"").append(number(line.width())).append('"');
    float[] dash = line.dash().lengths();
    if (dash.length > 0) {
      out.append(" stroke-dasharray=\"");
      for (int i = 0; i < dash.length; i++) {
        out.append(i == 0 ? "" : " ").append(number(dash[i]));
      }
      out.append('"');
    }
    out.append(" stroke-linejoin=\"round\" d=\"");
    path(line.xs(), line.ys());
    out.append("\"/>\n");
  }

  private void path(double[] xs, double[] ys) {
    boolean pen = false;
    for (int i = 0; i < xs.length; i++) {
      if (Double.isNaN(xs[i]) || Double.isNaN(ys[i])) {
        pen = false;
        continue;
      }
      out.append(pen ? 'L' : 'M').append(number(xs[i])).append(' ').append(number(ys[i]));
      pen = true;
    }
  }

  private void label(Shape.Label label) {
    out.append("<text class=\"y").append(label.ink().css()).append('"');
    if (label.upwards()) {
      out.append(
          String.format(
              Locale.ROOT,
              " transform=\"translate(%s %s) rotate(-90)\"",
              number(label.x()),
              number(label.y())));
    } else {
      out.append(String.format(" x=\"%s\" y=\"%s\"", number(label.x()), number(label.y())));
    }
    out.append(" font-size=\"").append(number(label.size())).append('"');
    switch (label.anchor()) {
      case START -> {}
      case MIDDLE -> out.append(" text-anchor=\"middle\"");
      case END -> out.append(" text-anchor=\"end\"");
    }
    out.append(label.bold() ? " font-weight=\"600\">" : ">");
    out.append(escape(label.text())).append("</text>\n");
  }

  /** At most two decimals. */
  private static String number(double value) {
    double rounded = Math.round(value * 100) / 100.0;
    return rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
  }

  /** Escapes everything that means something in XML; what XML cannot hold becomes a mark. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> escape(c, out));
    return out.toString();
  }

  private static void escape(int c, StringBuilder out) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      case '\n', '\r', '\t' -> out.append(' ');
      default -> {
        boolean control = c < 0x20 || c >= 0x7f && c <= 0x9f;
        boolean surrogate = c >= 0xd800 && c < 0xe000;
        boolean bad = control || surrogate || c == 0xfffe || c == 0xffff;
        out.appendCodePoint(bad ? 0xfffd : c);
      }
    }
  }
}
