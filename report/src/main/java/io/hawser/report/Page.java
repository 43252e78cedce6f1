package io.hawser.report;

import io.hawser.report.plot.ImagePainter;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.Picture;
import io.hawser.report.plot.SvgPainter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** A self-contained page, written top down: well-formed XML that is HTML. */
final class Page {
  private static final String STYLE =
      """
      *{box-sizing:border-box}
      body{margin:0 auto;padding:1.2rem 1rem 3rem;max-width:1000px;background:var(--p);color:var(--t);
      font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
      h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 .3rem;overflow-wrap:anywhere}
      h2{font-size:1.15rem;margin:2.2rem 0 .5rem}
      p{margin:.3rem 0 .8rem;overflow-wrap:anywhere}
      .how,.note,figcaption{color:var(--m);font-size:.9rem}
      .wrap{overflow-x:auto}
      table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
      caption{text-align:left;color:var(--m);font-size:.9rem;padding-bottom:.3rem}
      th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;
      border-bottom:1px solid var(--g)}
      th{font-weight:600}
      tbody th{font-weight:500;color:var(--m);white-space:nowrap}
      td.n,th.n{text-align:right;padding:.35rem 0 .35rem .9rem;white-space:nowrap}
      th.n{white-space:normal;vertical-align:bottom}
      td b{font-weight:700} td.n small{display:block;color:var(--m)}
      .key tr:nth-child(-n+5) td{font-weight:600}
      .key small{font-weight:400;color:var(--m)}
      .good:before{content:"\\2713\\00a0"} .bad:before{content:"\\2717\\00a0"}
      .good{color:var(--ok)} .bad{color:var(--no)}
      figure{margin:0 0 .5rem} figcaption{margin-top:.2rem}
      .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 1.2rem}
      svg{display:block;max-width:100%;height:auto;
      font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
      svg.narrow{display:none}
      summary{cursor:pointer;font-weight:600;padding:.3rem 0}
      footer{margin-top:2.5rem;border-top:1px solid var(--g);padding-top:.6rem;color:var(--m);
      font-size:.85rem}
      code{font-size:.9em}
      @media(max-width:700px){svg.wide{display:none}svg.narrow{display:block}
      .pair{display:block}h1{font-size:1.35rem}.wrap table{font-size:.88rem}
      .wrap td,.wrap th{padding-right:.7rem}
      .wrap td.n,.wrap th.n{padding:.35rem 0 .35rem .6rem}
      .wrap tbody th{white-space:normal;position:sticky;left:0;background:var(--p)}
      .wrap td:nth-child(7):not(.n):not(:last-child){min-width:8rem}
      .wrap td:nth-child(8):not(.n){min-width:20rem}
      .wrap{background:linear-gradient(270deg,var(--p) 40%,transparent) right/3rem 100% no-repeat local,
      linear-gradient(270deg,var(--g),transparent) right/1.2rem 100% no-repeat scroll}
      .key tr,.key th,.key td{display:block;border:0;padding:0;white-space:normal}
      .key tr{border-bottom:1px solid var(--g);padding:.35rem 0}.key th{font-size:.85rem}}
      @media print{body{max-width:none;padding:0;font-size:11pt}svg.wide{display:block}
      svg.narrow{display:none}.pair{display:grid}figure,tr{break-inside:avoid}h2{break-after:avoid}
      .wrap{overflow:visible}}
      """;

  /** Before a cell's text: show it in bold. */
  static final String BOLD = "\u0002";

  private static final Pattern QUANTITY = Pattern.compile("(\u2264 )?[0-9.]+ [^ ]{1,6}");

  private final StringBuilder out = new StringBuilder();

  Page(String title) {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
    out.append(escape(title)).append("</title>\n<style>\n");
    out.append(":root{").append(Ink.variables(false)).append("--ok:#00694d;--no:#b34700}\n");
    out.append("@media screen and (prefers-color-scheme:dark){:root{");
    out.append(Ink.variables(true)).append("--ok:#2fcb9f;--no:#ff8f4a}}\n");
    out.append(Ink.classes()).append('\n').append(STYLE).append("</style>\n</head>\n<body>\n");
  }

  static String escape(String text) {
    return SvgPainter.escape(text);
  }

  /** Text in an element. */
  Page element(String name, String text) {
    out.append('<').append(name).append('>').append(escape(text));
    out.append("</").append(name).append(">\n");
    return this;
  }

  /** Text in an element of a class. */
  Page element(String name, String cssClass, String text) {
    out.append('<').append(name).append(" class=\"").append(cssClass).append("\">");
    out.append(escape(text)).append("</").append(name).append(">\n");
    return this;
  }

  /** Markup that is known to be well-formed. */
  Page markup(String text) {
    out.append(text);
    return this;
  }

  /**
   * A table whose first column names its rows. All but the first column are numbers if {@code
   * numbers}. A cell that begins with {@link #BOLD} is shown in bold.
   */
  Page table(String caption, List<String> heads, List<List<String>> rows, boolean numbers) {
    String side = numbers ? " class=\"n\"" : "";
    out.append("<div class=\"wrap\" tabindex=\"0\" role=\"region\" aria-label=\"");
    out.append(escape(caption)).append("\"><table>\n<caption>").append(escape(caption));
    out.append("</caption>\n<thead><tr>");
    for (int i = 0; i < heads.size(); i++) {
      out.append("<th scope=\"col\"").append(i == 0 ? "" : side).append('>');
      out.append(escape(heads.get(i)).replace("/", "/<wbr/>")).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      out.append("<tr><th scope=\"row\">").append(escape(row.getFirst())).append("</th>");
      for (String cell : row.subList(1, row.size())) {
        boolean bold = cell.startsWith(BOLD);
        String text = unbroken(bold ? cell.substring(1) : cell);
        int range = numbers ? text.indexOf(" [") : -1;
        String value = escape(range < 0 ? text : text.substring(0, range));
        out.append("<td").append(side).append('>');
        out.append(bold ? "<b>" + value + "</b>" : value);
        if (range >= 0) {
          out.append(" <small>").append(escape(text.substring(range + 1))).append("</small>");
        }
        out.append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table></div>\n");
    return this;
  }

  /** A number stays with its unit. */
  private static String unbroken(String cell) {
    return QUANTITY.matcher(cell).matches() ? cell.replace(' ', '\u00a0') : cell;
  }

  /** Plots; neighbours that take half the width go beside each other. */
  Page figures(List<Figure> figures) {
    boolean pair = false;
    for (Figure figure : figures) {
      if (figure.half() != pair) {
        out.append(pair ? "</div>\n" : "<div class=\"pair\">\n");
        pair = figure.half();
      }
      out.append("<section><h2>").append(escape(figure.heading())).append("</h2>\n<figure>\n");
      out.append(SvgPainter.paint(figure.wide(), figure.file() + "-w", "wide"));
      out.append(SvgPainter.paint(figure.narrow(), figure.file() + "-n", "narrow"));
      if (!figure.note().isEmpty()) {
        element("figcaption", figure.note());
      }
      out.append("</figure></section>\n");
    }
    out.append(pair ? "</div>\n" : "");
    return this;
  }

  /** The whole page. */
  String end() {
    return out + "</body>\n</html>\n";
  }

  /**
   * Writes plots as PNG files of twice the usual density. Where Java has no fonts, a text file says
   * so instead.
   */
  static void writePngs(Path folder, List<Figure> figures) throws IOException {
    for (Figure figure : figures) {
      Picture picture = figure.alone();
      Path file = folder.resolve(figure.file() + ".png");
      BufferedImage image;
      try {
        image = ImagePainter.image(picture, 2);
      } catch (RuntimeException | LinkageError | InternalError noFonts) {
        Files.writeString(
            folder.resolve("no-png.txt"),
            "No PNG files: Java cannot draw text on this machine ("
                + noFonts
                + ").\nInstall a font and fontconfig (Debian: fonts-dejavu-core fontconfig) and run"
                + " 'hawser report' on this folder.\n");
        return;
      }
      if (!ImageIO.write(image, "png", file.toFile())) {
        throw new IOException("cannot write " + file);
      }
    }
  }
}
