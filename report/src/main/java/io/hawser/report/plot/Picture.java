package io.hawser.report.plot;

import java.util.List;

/**
 * Shapes with fixed places, painted in their order.
 *
 * @param title what it shows, in a few words
 * @param description the same for those who do not see it
 */
public record Picture(int width, int height, String title, String description, List<Shape> shapes) {
  /** Copies the shapes. */
  public Picture {
    shapes = List.copyOf(shapes);
  }

  /** All text in it. */
  public List<Shape.Label> labels() {
    return shapes.stream()
        .filter(Shape.Label.class::isInstance)
        .map(Shape.Label.class::cast)
        .toList();
  }
}
