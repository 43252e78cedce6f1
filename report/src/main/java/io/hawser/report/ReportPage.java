package io.hawser.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The page of one run: a summary first, then plots, in one file that needs nothing else. */
final class ReportPage {
  private final Recording run;
  private final RunSummary summary;

  ReportPage(Recording run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
  }

  void write(Path folder, RunFolder.Options options) throws IOException {
    Files.writeString(folder.resolve(RunFolder.PAGE), html());
  }

  String html() {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>");
    page.append(Html.escape(SummaryText.title(summary))).append("</title></head><body><h1>");
    page.append(Html.escape(SummaryText.title(summary))).append("</h1><table>");
    for (SummaryText.Line line : SummaryText.lines(summary)) {
      page.append("<tr><th scope=\"row\">").append(Html.escape(line.name())).append("</th><td>");
      page.append(Html.escape(line.value())).append("</td></tr>");
    }
    page.append("</table><p>").append(run.log.size()).append(" events</p></body></html>\n");
    return page.toString();
  }
}
