package io.hawser.cli.demo;

import java.io.PrintStream;
import java.util.Locale;

/** The speeds of this moment: rewritten in place on a terminal, one line a second elsewhere. */
final class LiveLine {
  private final PrintStream out;
  private final DemoLinks links;
  private final boolean terminal;
  private int shown;
  private int width;

  LiveLine(PrintStream out, DemoLinks links, boolean terminal) {
    this.out = out;
    this.links = links;
    this.terminal = terminal;
  }

  void show(long atNs, long[] before, long[] now, long bytes, long periodNs, int cutLink) {
    if (!terminal && shown++ % 4 != 0) {
      return;
    }
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "  %5.1f s", atNs / 1e9));
    for (int i = 0; i < now.length; i++) {
      double rate = (now[i] - before[i]) * 8e3 / periodNs;
      line.append(String.format(Locale.ROOT, "   %s %6.1f", links.name(i), rate));
      line.append(i == cutLink ? " CUT" : "    ");
    }
    line.append(String.format(Locale.ROOT, "   goodput %6.1f Mbit/s", bytes * 8e3 / periodNs));
    if (terminal) {
      width = Math.max(width, line.length());
      out.print("\r" + line + " ".repeat(width - line.length()));
    } else {
      out.println(line);
    }
    out.flush();
  }

  void end() {
    if (terminal && width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
    }
    width = 0;
    shown = 0;
  }
}
