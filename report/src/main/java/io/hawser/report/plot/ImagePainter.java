package io.hawser.report.plot;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Composite;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Paints a picture as pixels on white paper. Needs no display. */
public final class ImagePainter {
  static {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private final Graphics2D graphics;

  private ImagePainter(Graphics2D graphics) {
    this.graphics = graphics;
  }

  /** A new image; each pixel of the picture is {@code scale} pixels wide and high. */
  public static BufferedImage image(Picture picture, int scale) {
    BufferedImage image =
        new BufferedImage(
            picture.width() * scale, picture.height() * scale, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(scale, scale);
    paint(picture, graphics);
    graphics.dispose();
    return image;
  }

  /** Paints into any graphics, its paper first. */
  public static void paint(Picture picture, Graphics2D graphics) {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Ink.PAPER.light());
    graphics.fillRect(0, 0, picture.width(), picture.height());
    ImagePainter painter = new ImagePainter(graphics);
    picture.shapes().forEach(painter::paint);
  }

  private void paint(Shape shape) {
    switch (shape) {
      case Shape.Line line -> {
        graphics.setColor(line.ink().light());
        float[] dash = line.dash().lengths();
        graphics.setStroke(
            new BasicStroke(
                (float) line.width(),
                BasicStroke.CAP_BUTT,
                BasicStroke.JOIN_ROUND,
                1,
                dash.length == 0 ? null : dash,
                0));
        graphics.draw(path(line.xs(), line.ys()));
      }
      case Shape.Area area -> fill(path(area.xs(), area.ys()), area.ink(), area.opacity());
      case Shape.Box box ->
          fill(
              new Rectangle2D.Double(box.x(), box.y(), box.width(), box.height()),
              box.ink(),
              box.opacity());
      case Shape.Dot dot ->
          fill(
              new Ellipse2D.Double(
                  dot.x() - dot.radius(),
                  dot.y() - dot.radius(),
                  2 * dot.radius(),
                  2 * dot.radius()),
              dot.ink(),
              1);
      case Shape.Label label -> label(label);
    }
  }

  private void fill(java.awt.Shape shape, Ink ink, double opacity) {
    Composite before = graphics.getComposite();
    graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, (float) opacity));
    graphics.setColor(ink.light());
    graphics.fill(shape);
    graphics.setComposite(before);
  }

  private static Path2D path(double[] xs, double[] ys) {
    Path2D path = new Path2D.Double();
    boolean pen = false;
    for (int i = 0; i < xs.length; i++) {
      if (Double.isNaN(xs[i]) || Double.isNaN(ys[i])) {
        pen = false;
      } else if (pen) {
        path.lineTo(xs[i], ys[i]);
      } else {
        path.moveTo(xs[i], ys[i]);
        pen = true;
      }
    }
    return path;
  }

  private void label(Shape.Label label) {
    Font font =
        new Font(Font.SANS_SERIF, label.bold() ? Font.BOLD : Font.PLAIN, 1)
            .deriveFont((float) label.size());
    double width = font.getStringBounds(label.text(), graphics.getFontRenderContext()).getWidth();
    double back =
        switch (label.anchor()) {
          case START -> 0;
          case MIDDLE -> width / 2;
          case END -> width;
        };
    AffineTransform before = graphics.getTransform();
    graphics.setColor(label.ink().light());
    graphics.setFont(font);
    graphics.translate(label.x(), label.y());
    if (label.upwards()) {
      graphics.rotate(-Math.PI / 2);
    }
    graphics.drawString(label.text(), (float) -back, 0f);
    graphics.setTransform(before);
  }
}
