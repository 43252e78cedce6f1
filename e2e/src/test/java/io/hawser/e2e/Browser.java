package io.hawser.e2e;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.linux.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The machine's own Chromium. What a page prints or throws is kept. */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final int PICTURE_AFTER_MS = 1500;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;
  private final List<String> complaints = new ArrayList<>();

  private Browser() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    chromium =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(CHROMIUM)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--no-first-run")));
  }

  /** Starts it; where there is none, the test is skipped, or fails if all are required. */
  static Browser start() {
    if (!Files.isExecutable(CHROMIUM)) {
      Requirement.orSkip(CHROMIUM + " is missing (Debian: apt-get install chromium)");
    }
    return new Browser();
  }

  /** A new window. */
  Page page(int width, int height, ColorScheme scheme) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme));
    Page page = context.newPage();
    page.setDefaultTimeout(10_000);
    page.onConsoleMessage(m -> {
      if (m.type().equals("error") || m.type().equals("warning")) {
        complaints.add(m.text());
      }
    });
    page.onPageError(complaints::add);
    return page;
  }

  /**
   * Pictures of a page for people to look at, wide and as on a phone, light and dark, into the
   * folder that {@code -Dhawser.pictures} names; without it there are none.
   */
  void pictures(String address, String name) {
    String folder = System.getProperty("hawser.pictures");
    if (folder == null) {
      return;
    }
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : new int[] {1440, 390}) {
        Page page = page(width, 900, scheme);
        page.navigate(address);
        page.waitForTimeout(PICTURE_AFTER_MS);
        String file = name + '-' + width + '-' + scheme + ".png";
        page.screenshot(
            new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of(folder, file)));
        page.context().close();
      }
    }
  }

  /** Errors and warnings of all windows. */
  List<String> complaints() {
    return complaints;
  }

  /** Closes all windows. */
  void closePages() {
    chromium.contexts().forEach(BrowserContext::close);
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
