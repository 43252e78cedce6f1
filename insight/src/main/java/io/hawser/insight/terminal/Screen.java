package io.hawser.insight.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * A terminal's other screen, drawn again and again in place. What was on the terminal is there
 * again afterwards, and so is the cursor. Safe for several threads.
 */
public final class Screen implements AutoCloseable {
  private static final String ESCAPE = "\u001b[";
  private static final String ENTER = ESCAPE + "?1049h" + ESCAPE + "?25l" + ESCAPE + "2J";
  private static final String LEAVE = ESCAPE + "?25h" + ESCAPE + "?1049l";
  private static final String TOP = ESCAPE + "H";
  private static final String REST_OF_LINE = ESCAPE + "K";
  private static final String REST_OF_SCREEN = ESCAPE + "J";

  private final PrintStream out;
  private List<String> last = List.of();
  private boolean closed;

  /** Takes the screen over. */
  public Screen(PrintStream out) {
    this.out = out;
    out.print(ENTER);
    out.flush();
  }

  /** Shows a picture in the place of the last one; nothing after {@link #close}. */
  public synchronized void draw(List<String> lines) {
    if (!closed) {
      StringBuilder all = new StringBuilder(TOP);
      for (int i = 0; i < lines.size(); i++) {
        all.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(REST_OF_LINE);
      }
      last = List.copyOf(lines);
      out.print(all.append(REST_OF_SCREEN));
      out.flush();
    }
  }

  /** Gives the screen back, and leaves the last picture above the prompt. Idempotent. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      out.print(LEAVE);
      last.forEach(line -> out.print(line + "\n"));
      out.flush();
    }
  }
}
