package io.hawser.testbed.yaml;

import java.io.IOException;

/** A topology or scenario file that cannot be used: says where, which field, and what would do. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  private final int line;

  /** Lines and columns count from 1; line 0: the file as a whole. */
  public FormatException(String file, int line, int column, String text) {
    super(file + (line > 0 ? ":" + line + ":" + column : "") + ": " + text);
    this.line = line;
  }

  /** The line of the mistake, from 1. */
  public int line() {
    return line;
  }
}
