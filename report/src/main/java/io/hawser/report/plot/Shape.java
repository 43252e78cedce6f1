package io.hawser.report.plot;

/** One thing in a picture. Places are pixels from the upper left corner. */
public sealed interface Shape {

  /** Where a label's place is in its text. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A line through points; a NaN breaks it. */
  record Line(double[] xs, double[] ys, Ink ink, double width, Dash dash) implements Shape {}

  /** A filled outline. */
  record Area(double[] xs, double[] ys, Ink ink, double opacity) implements Shape {}

  /** A filled rectangle. */
  record Box(double x, double y, double width, double height, Ink ink, double opacity)
      implements Shape {}

  /** A filled circle. */
  record Dot(double x, double y, double radius, Ink ink) implements Shape {}

  /**
   * Text on a base line.
   *
   * @param upwards whether it reads from below to above
   */
  record Label(
      double x,
      double y,
      String text,
      double size,
      Anchor anchor,
      Ink ink,
      boolean bold,
      boolean upwards)
      implements Shape {

    /** The room it takes. */
    public Room room() {
      double width = TextWidth.of(text, size, bold);
      double back =
          switch (anchor) {
            case START -> 0;
            case MIDDLE -> width / 2;
            case END -> width;
          };
      double up = size * 0.8;
      double down = size * 0.24;
      return upwards
          ? new Room(x - up, y - width + back, up + down, width)
          : new Room(x - back, y - up, width, up + down);
    }
  }

  /** A rectangle that something takes. */
  record Room(double x, double y, double width, double height) {
    /** Whether two share any place. */
    public boolean meets(Room other) {
      return x < other.x + other.width
          && other.x < x + width
          && y < other.y + other.height
          && other.y < y + height;
    }
  }
}
