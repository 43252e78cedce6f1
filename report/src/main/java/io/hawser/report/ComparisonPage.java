package io.hawser.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The page that puts runs side by side. */
public final class ComparisonPage {
  /** The page's name in its folder. */
  public static final String PAGE = "comparison.html";

  private ComparisonPage() {}

  /** Writes the page into {@code folder} from the raw samples of runs. Returns the page. */
  public static Path write(Path folder, List<Path> runFolders) throws IOException {
    List<RunSummary> runs = new ArrayList<>();
    for (Path run : runFolders) {
      runs.add(RunFolder.summary(run));
    }
    Comparison comparison = Comparison.of(runs);
    Files.createDirectories(folder);
    Path page = folder.resolve(PAGE);
    Files.writeString(page, html(comparison));
    return page;
  }

  private static String html(Comparison comparison) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>Comparison"
        + "</title></head><body><h1>Comparison</h1><pre>"
        + Html.escape(comparison.text()).replace("\n", "&#10;")
        + "</pre></body></html>\n";
  }
}
