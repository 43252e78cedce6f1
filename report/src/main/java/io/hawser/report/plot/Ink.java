package io.hawser.report.plot;

import java.awt.Color;

/** A colour by its role; a dark page has its own. The series are Okabe and Ito's palette. */
public enum Ink {
  TEXT("t", 0x1b1f23, 0xe9ecef),
  MUTED("m", 0x59626b, 0xa7b0b8),
  GRID("g", 0xe1e4e8, 0x343a40),
  PAPER("p", 0xffffff, 0x15181b),
  SERIES_0("a", 0x0072b2, 0x56b4e9),
  SERIES_1("b", 0xe69f00, 0xe69f00),
  SERIES_2("c", 0x009e73, 0x00b585),
  SERIES_3("d", 0xcc79a7, 0xcc79a7),
  SERIES_4("e", 0xd55e00, 0xe8681a),
  SERIES_5("f", 0x56b4e9, 0x3d8fd6),
  SERIES_6("h", 0x7a5c00, 0xf0e442);

  private static final int SERIES = 7;

  private final String css;
  private final int light;
  private final int dark;

  Ink(String css, int light, int dark) {
    this.css = css;
    this.light = light;
    this.dark = dark;
  }

  /** The colour of a series by its number; after seven they begin again. */
  public static Ink series(int number) {
    return values()[SERIES_0.ordinal() + Math.floorMod(number, SERIES)];
  }

  /** The letter that names it in style sheets. */
  String css() {
    return css;
  }

  /** On white paper. */
  public Color light() {
    return new Color(light);
  }

  /** The variables of a style sheet, light or dark. */
  public static String variables(boolean darkPage) {
    StringBuilder css = new StringBuilder();
    for (Ink ink : values()) {
      int rgb = darkPage ? ink.dark : ink.light;
      css.append(String.format("--%s:#%06x;", ink.css, rgb));
    }
    return css.toString();
  }

  /** What the classes in painted SVG mean: x is a stroke, y a fill. */
  public static String classes() {
    StringBuilder css = new StringBuilder();
    for (Ink ink : values()) {
      css.append(String.format(".x%s{stroke:var(--%s);fill:none}", ink.css, ink.css));
      css.append(String.format(".y%s{fill:var(--%s)}", ink.css, ink.css));
    }
    return css.toString();
  }
}
