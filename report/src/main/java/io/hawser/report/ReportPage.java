package io.hawser.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The page of one run: a summary first, then plots, in one file that needs nothing else. */
final class ReportPage {
  private static final int SHOWN_EVENTS = 300;

  private final Recording run;
  private final RunSummary summary;

  ReportPage(Recording run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
  }

  void write(Path folder, RunFolder.Options options) throws IOException {
    List<Figure> figures = new RunPlots(run, summary).figures();
    Files.writeString(folder.resolve(RunFolder.PAGE), html(figures));
    if (options.png()) {
      Page.writePngs(folder, figures);
    }
    Animation animation = new Animation(run, summary);
    if (options.gif() && !animation.isEmpty()) {
      animation.write(folder.resolve(Animation.FILE));
    }
  }

  String html(List<Figure> figures) {
    Page page = new Page(SummaryText.title(summary) + ": " + summary.stack());
    page.element("h1", SummaryText.title(summary));
    page.element("p", "how", SummaryText.how(summary));
    key(page);
    page.figures(figures);
    links(page);
    changes(page);
    transfers(page);
    log(page);
    page.markup("<footer>");
    page.element(
        "p",
        "Made by Hawser. Raw samples: events.jsonl; tables: links.csv, subflows.csv, transfers.csv,"
            + " delays.csv; these figures: summary.json; plots: PNG files beside this page.");
    page.markup("</footer>\n");
    return page.end();
  }

  private void key(Page page) {
    page.markup("<table class=\"key\">\n<tbody>\n");
    for (SummaryText.Line line : SummaryText.lines(summary)) {
      if (line.name().equals("run")) {
        continue;
      }
      page.markup("<tr><th scope=\"row\">" + Page.escape(capital(line.name())) + "</th><td>");
      if (line.name().equals("result")) {
        String css = summary.isGood() ? "good" : "bad";
        page.markup(
            "<span class=\"" + css + "\">" + Page.escape(capital(line.value())) + "</span>");
      } else {
        page.markup(Page.escape(line.value()));
      }
      page.markup("</td></tr>\n");
    }
    page.markup("</tbody>\n</table>\n");
  }

  private static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private void links(Page page) {
    List<List<String>> rows = new ArrayList<>();
    for (RunSummary.LinkFigures link : summary.links()) {
      rows.add(
          List.of(
              link.name(),
              Figures.bytes(link.bytes()),
              Figures.percent(link.share()),
              String.valueOf(link.drops()),
              link.settings()));
    }
    if (!rows.isEmpty()) {
      page.element("h2", "Links");
      page.table(
          "IP bytes that came out of each link, " + summary.flow().text(),
          List.of("Link", "Carried", "Share", "Drops", "Settings at the start"),
          rows,
          false);
    }
  }

  private void changes(Page page) {
    List<List<String>> rows = new ArrayList<>();
    for (RunSummary.ChangeFigures change : summary.changes()) {
      rows.add(
          List.of(
              String.valueOf(rows.size() + 1),
              String.format(Locale.ROOT, "%.2f s", change.atNs() / 1e9),
              change.link() + " " + change.change(),
              change.open()
                      && change.nextByteNs() != null
                      && change.nextByteNs().equals(change.stallNs())
                  ? "never"
                  : Figures.stall(change.nextByteNs(), summary.resolutionNs(), false),
              Figures.stall(change.stallNs(), summary.resolutionNs(), change.open())));
    }
    if (!rows.isEmpty()) {
      page.element("h2", "Changes of links");
      page.table(
          "What each change did to the transfers. Where a plot has no room for a name, it shows the number",
          List.of("No.", "Time", "Change", "Next byte after", "Longest stall within a second"),
          rows,
          false);
    }
  }

  private void transfers(Page page) {
    List<List<String>> rows = new ArrayList<>();
    for (RunSummary.TransferFigures one : summary.transfers()) {
      rows.add(
          List.of(
              one.name(),
              Figures.bytes(one.bytes()),
              Figures.rate(one.goodputBitsPerSecond()),
              Figures.time(one.longestStallNs()),
              String.valueOf(one.stalls()),
              Figures.yes(one.verified()),
              one.error().isEmpty() ? "good" : one.error()));
    }
    if (!rows.isEmpty()) {
      page.element("h2", "Transfers");
      page.table(
          "Times count from a transfer's first byte",
          List.of(
              "Transfer", "Received", "Goodput", "Longest stall", "Over 200 ms", "Verified", "End"),
          rows,
          false);
    }
  }

  private void log(Page page) {
    List<Recording.LogLine> events = new ArrayList<>(run.log);
    run.changes.forEach(change -> events.add(new Recording.LogLine(change.atNs(), change)));
    events.sort(Comparator.comparingLong(Recording.LogLine::atNs));
    if (events.isEmpty()) {
      return;
    }
    long more = Math.max(0, events.size() - SHOWN_EVENTS) + run.logSkipped;
    List<List<String>> rows = new ArrayList<>();
    for (Recording.LogLine line : events.subList(0, Math.min(SHOWN_EVENTS, events.size()))) {
      rows.add(
          List.of(
              String.format(Locale.ROOT, "%.3f s", run.seconds(line.atNs())),
              EventText.of(line.event())));
    }
    page.element("h2", "Event log");
    page.markup("<details><summary>" + (events.size() + run.logSkipped) + " events</summary>\n");
    page.table(
        more == 0 ? "All events that are no samples" : more + " more are in events.jsonl",
        List.of("Time", "What happened"),
        rows,
        false);
    page.markup("</details>\n");
  }
}
