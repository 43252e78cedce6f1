package io.hawser.report;

/** Text on its way into HTML or SVG. */
final class Html {
  private Html() {}

  /** Escapes everything that means something in XML; what XML cannot hold becomes a mark. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            case '\n', '\r', '\t' -> out.append(' ');
            default -> {
              boolean allowed = c >= 0x20 && c < 0xd800 || c >= 0xe000 && c < 0xfffe || c > 0xffff;
              out.appendCodePoint(allowed && (c < 0x7f || c > 0x9f) ? c : 0xfffd);
            }
          }
        });
    return out.toString();
  }
}
