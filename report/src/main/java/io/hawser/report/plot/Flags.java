package io.hawser.report.plot;

import io.hawser.report.plot.Shape.Anchor;
import io.hawser.report.plot.Shape.Label;
import io.hawser.report.plot.Shape.Room;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Labels of moments above a plot. Each hangs on its own thin line like a flag on its mast; no flag
 * meets another one or another's mast. Flags that cannot be placed become numbers, and where even
 * those have no room, only the mast stays.
 */
final class Flags {
  private static final double SIZE = 11;
  private static final double ROW = 15;
  private static final double GAP = 4;
  private static final double NUMBER_GAP = 12;
  private static final int MOST_ROWS = 6;
  private static final double LONGEST = 200;

  /** A flag in its place; rows count upwards from the plot. */
  private record Placed(double mastX, int row, Label label, Room room) {}

  private final List<Placed> placed = new ArrayList<>();
  private final List<Double> bareMasts = new ArrayList<>();
  private int rows;

  /** Places flags between two x, as if the plot's upper edge were at y = 0. */
  Flags(List<String> texts, List<Double> xs, double left, double right) {
    List<String> shown = new ArrayList<>(texts);
    List<Integer> homeless = place(shown, xs, left, right);
    for (int round = 0; round < texts.size() && !homeless.isEmpty(); round++) {
      for (int index : homeless) {
        int longName = nearestName(shown, xs, index);
        if (longName >= 0) {
          shown.set(longName, String.valueOf(longName + 1));
        }
      }
      homeless = place(shown, xs, left, right);
    }
  }

  /** The flag itself or the nearest one in its way that is no number yet; -1 if there is none. */
  private static int nearestName(List<String> shown, List<Double> xs, int index) {
    int nearest = -1;
    for (int i = 0; i < shown.size(); i++) {
      boolean name = !shown.get(i).equals(String.valueOf(i + 1));
      boolean near = distance(xs, i, index) <= LONGEST + 2 * GAP;
      if (name && near && (nearest < 0 || distance(xs, i, index) < distance(xs, nearest, index))) {
        nearest = i;
      }
    }
    return nearest;
  }

  private static double distance(List<Double> xs, int one, int other) {
    return Math.abs(xs.get(one) - xs.get(other));
  }

  /** Places what has room, from the right to the left; returns which flags have none. */
  private List<Integer> place(List<String> texts, List<Double> xs, double left, double right) {
    placed.clear();
    bareMasts.clear();
    rows = 0;
    List<Integer> homeless = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(xs::get, Comparator.reverseOrder()));
    for (int index : order) {
      double x = xs.get(index);
      String text = TextWidth.fit(texts.get(index), SIZE, Math.min(LONGEST, (right - left) / 2));
      Placed flag = find(x, text, left, right);
      if (flag == null) {
        bareMasts.add(x);
        homeless.add(index);
      } else {
        placed.add(flag);
        rows = Math.max(rows, flag.row() + 1);
      }
    }
    return homeless;
  }

  private @Nullable Placed find(double x, String text, double left, double right) {
    for (int row = 0; row < MOST_ROWS; row++) {
      for (Anchor anchor : new Anchor[] {Anchor.START, Anchor.END}) {
        double at = anchor == Anchor.START ? x + GAP : x - GAP;
        Label label = new Label(at, -row * ROW - 4, text, SIZE, anchor, Ink.TEXT, false, false);
        Room room = label.room();
        Placed flag = new Placed(x, row, label, room);
        boolean inside = room.x() >= left && room.x() + room.width() <= right;
        if (inside && placed.stream().noneMatch(other -> inTheWay(flag, other))) {
          return flag;
        }
      }
    }
    return null;
  }

  private static boolean inTheWay(Placed one, Placed other) {
    // Two numbers with a space between them would be read as one.
    double gap = isNumber(one.label) && isNumber(other.label) ? NUMBER_GAP : GAP;
    Room wide =
        new Room(one.room.x() - gap, one.room.y(), one.room.width() + 2 * gap, one.room.height());
    return wide.meets(other.room)
        || outOfOrder(one, other)
        || one.room.meets(mast(other.mastX, other.row))
        || other.room.meets(mast(one.mastX, one.row));
  }

  /** Whether they are in one row, the one whose mast is to the left to the right of the other. */
  private static boolean outOfOrder(Placed one, Placed other) {
    return one.row == other.row
        && one.mastX != other.mastX
        && one.mastX < other.mastX != one.room.x() < other.room.x();
  }

  private static boolean isNumber(Label label) {
    return label.text().chars().allMatch(Character::isDigit);
  }

  private static Room mast(double x, int row) {
    return new Room(x - 1, -(row + 1) * ROW, 2, (row + 1) * ROW);
  }

  /** How much room they take above the plot. */
  double height() {
    return rows == 0 ? 0 : rows * ROW + 4;
  }

  /** Draws masts through the plot and flags above it, up to an x. */
  void draw(double top, double bottom, double untilX, List<Shape> into) {
    for (double x : bareMasts) {
      if (x <= untilX) {
        into.add(mastLine(x, top, bottom));
      }
    }
    for (Placed flag : placed) {
      if (flag.mastX > untilX) {
        continue;
      }
      into.add(mastLine(flag.mastX, top - (flag.row + 1) * ROW + 2, bottom));
      Label label = flag.label;
      into.add(
          new Label(
              label.x(),
              label.y() + top,
              label.text(),
              label.size(),
              label.anchor(),
              label.ink(),
              label.bold(),
              false));
    }
  }

  private static Shape mastLine(double x, double top, double bottom) {
    return new Shape.Line(
        new double[] {x, x}, new double[] {top, bottom}, Ink.MUTED, 1, Dash.SHORT);
  }
}
