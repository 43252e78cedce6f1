package io.hawser.insight.terminal;

import java.util.ArrayList;
import java.util.List;

/** A line of limited width with colours; what does not fit is cut off. */
final class StyledLine {
  /** How text looks; never the only thing that tells a meaning. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    RECEIVED("36"),
    SENT("33"),
    BAD("1;31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private record Piece(String text, Style style) {}

  private final int columns;
  private final List<Piece> pieces = new ArrayList<>();
  private int used;

  StyledLine(int columns) {
    this.columns = columns;
  }

  StyledLine add(String text, Style style) {
    String fitting = text.substring(0, Math.min(text.length(), columns - used));
    if (!fitting.isEmpty()) {
      pieces.add(new Piece(visible(fitting), style));
      used += fitting.length();
    }
    return this;
  }

  StyledLine add(String text) {
    return add(text, Style.PLAIN);
  }

  /** Adds a text only if all of it fits. */
  StyledLine addWhole(String text, Style style) {
    return text.length() <= columns - used ? add(text, style) : this;
  }

  /** Blanks up to a column. */
  StyledLine to(int column) {
    return add(" ".repeat(Math.max(0, column - used)));
  }

  /** A line's pieces after this one's. */
  StyledLine add(StyledLine other) {
    other.pieces.forEach(piece -> add(piece.text, piece.style));
    return this;
  }

  /** One column a character: nothing that moves the cursor, and no wide characters. */
  private static String visible(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean narrow = c >= 0x20 && c < 0x7f || c > 0xa0 && c < 0x300 || c >= 0x2010 && c < 0x2600;
      out.append(narrow ? c : '?');
    }
    return out.toString();
  }

  String text(boolean colours) {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      if (colours && !piece.style.code.isEmpty() && !piece.text.isBlank()) {
        out.append("\u001b[").append(piece.style.code).append('m');
        out.append(piece.text).append("\u001b[0m");
      } else {
        out.append(piece.text);
      }
    }
    return out.toString().stripTrailing();
  }
}
