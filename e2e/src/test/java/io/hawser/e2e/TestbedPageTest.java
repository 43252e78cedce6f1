package io.hawser.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.linux.NeedsNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page on a real testbed, all of it as processes of their own: `testbed up`, `dashboard`, a
 * scenario started on the page, a cable pulled with the mouse. The speeds that the page shows are
 * compared with the kernel's counters in the client's namespace.
 */
@Timeout(60)
@NeedsNetworkNamespaces
class TestbedPageTest {
  private static final double WIFI_MBIT = 20;
  private static final double LTE_MBIT = 10;
  private static final double BUSY = 0.8;

  /** How far the page and the kernel may differ: of a link at work, and of one that is idle. */
  private static final double TOLERANCE = 0.05;

  private static final double IDLE_MBIT = 0.1;
  private static final int DROP_MS = 2000;
  private static final int COMPARISONS = 9;
  private static final long AGREE_NS = 8_000_000_000L;
  private static final int LONG_MS = 30_000;

  private static final String TOPOLOGY =
      """
      title: Wi-Fi and LTE for the browser's test
      links:
        - {name: wifi, both: "rate=20mbit delay=10ms queue=100kb"}
        - {name: lte, both: "rate=10mbit delay=20ms queue=100kb"}
      """;

  private static final Pattern CLIENT =
      Pattern.compile("\"name\":\"client\",\"namespace\":\"([^\"]+)\"");

  @TempDir Path folder;
  private final String name = "e" + ProcessHandle.current().pid();
  private Browser browser;
  private Program dashboard;
  private KernelCounters kernel;
  private boolean up;

  @BeforeEach
  void up() throws IOException, InterruptedException {
    browser = Browser.start();
    Path topology = Files.writeString(folder.resolve("two.yaml"), TOPOLOGY);
    up = true;
    Program.run(folder, "testbed", "up", topology.toString(), "--name", name);
    dashboard = Program.start(folder, "dashboard", "--name", name, "--port", "0");
    Matcher status =
        CLIENT.matcher(Program.run(folder, "testbed", "status", "--json", "--name", name));
    assertThat(status.find()).isTrue();
    kernel = KernelCounters.of(status.group(1));
  }

  @AfterEach
  void down() throws IOException, InterruptedException {
    if (kernel != null) {
      kernel.close();
    }
    if (dashboard != null) {
      dashboard.close();
    }
    if (browser != null) {
      browser.close();
    }
    if (up) {
      Program.run(folder, "testbed", "down", "--name", name);
    }
  }

  /** What the page shows beside a link's plot, in Mbit/s. */
  private static String shown(String link) {
    return "parseFloat(document.querySelector('[data-card=" + link + "] .legend b')?.textContent)";
  }

  private static double shown(Page page, String link) {
    return ((Number) page.evaluate("() => " + shown(link))).doubleValue();
  }

  private static void await(Page page, String condition, int limitMs) {
    try {
      page.waitForFunction(
          "() => " + condition, null, new Page.WaitForFunctionOptions().setTimeout(limitMs));
    } catch (TimeoutError e) {
      throw new AssertionError(
          "not within "
              + limitMs
              + " ms: "
              + condition
              + "; the page shows\n"
              + page.innerText("body"),
          e);
    }
  }

  /**
   * Waits until a link is busy and page and kernel agree about it: the medians of nine comparisons
   * in a row, each after the graph has moved. On a machine that is busy with other things speeds
   * waver, and the page tells them a moment later than the kernel.
   */
  private double agreed(Page page, String link, double limitMbit) {
    await(page, shown(link) + " > " + BUSY * limitMbit, LONG_MS);
    List<Double> mine = new ArrayList<>();
    List<Double> kernels = new ArrayList<>();
    long limitNs = System.nanoTime() + AGREE_NS;
    while (System.nanoTime() - limitNs < 0) {
      assertMoves(page, link);
      mine.add(shown(page, link));
      kernels.add(kernel.rxMbit(link));
      double wanted = median(kernels);
      if (mine.size() >= COMPARISONS
          && wanted > BUSY * limitMbit
          && Math.abs(median(mine) - wanted) <= TOLERANCE * wanted) {
        return median(mine);
      }
    }
    throw new AssertionError(
        link + " in Mbit/s: the page shows " + mine + ", the kernel counts " + kernels);
  }

  private static void assertMoves(Page page, String link) {
    String picture = "() => document.querySelector('[data-card=" + link + "] canvas').toDataURL()";
    page.waitForFunction("before => (" + picture + ")() !== before", page.evaluate(picture));
  }

  /** Of the latest. */
  private static double median(List<Double> values) {
    List<Double> latest = values.subList(Math.max(0, values.size() - COMPARISONS), values.size());
    return latest.stream().sorted().skip(latest.size() / 2).findFirst().orElseThrow();
  }

  private static Locator line(Page page, String text) {
    return page.locator("#log li", new Page.LocatorOptions().setHasText(text)).first();
  }

  @Test
  void pulledCable_dropIsTheKernels_transferGoesOn_reportOpens() throws IOException {
    Page page = browser.page(1440, 1100, ColorScheme.LIGHT);
    page.navigate(dashboard.address());
    page.locator("[data-plate=wifi]").waitFor();
    page.selectOption("#scenario", "download-booster");
    page.selectOption("#stack", "hawser");
    page.click("#start");
    await(page, "!document.getElementById('running').hidden", LONG_MS);
    double wifi = agreed(page, "wifi", WIFI_MBIT);

    page.click("[data-plate=wifi]");
    await(page, shown("wifi") + " < " + IDLE_MBIT, DROP_MS);
    // The counters' rate is that of a window of its own, which may end a moment later.
    long limitNs = System.nanoTime() + DROP_MS * 1_000_000L;
    while (kernel.rxMbit("wifi") >= IDLE_MBIT && System.nanoTime() - limitNs < 0) {
      assertMoves(page, "wifi");
    }
    assertThat(wifi - shown(page, "wifi"))
        .as("the drop that the page shows, against the kernel's, in Mbit/s")
        .isCloseTo(wifi - kernel.rxMbit("wifi"), within(TOLERANCE * wifi));
    line(page, "Link wifi: cable pulled").waitFor();

    double lte = agreed(page, "lte", LTE_MBIT);
    assertThat(lte).as("the other link carries on, Mbit/s").isGreaterThan(BUSY * LTE_MBIT);
    assertThat(shown(page, "wifi")).isLessThan(IDLE_MBIT);
    assertThat(kernel.rxMbit("wifi")).isLessThan(IDLE_MBIT);

    page.click("[data-plate=wifi]");
    await(page, shown("wifi") + " > " + BUSY * WIFI_MBIT, LONG_MS);
    line(page, "Link wifi: cable plugged in").waitFor();

    Locator report = page.locator("#reports a").first();
    report.waitFor(new Locator.WaitForOptions().setTimeout(LONG_MS));
    assertThat(line(page, "longest stall").textContent()).contains("every byte verified");
    Page opened = page.waitForPopup(report::click);
    opened.waitForLoadState();
    assertThat(opened.locator("h1").textContent()).containsIgnoringCase("http");
    assertThat(opened.locator("svg").count()).isPositive();
    assertThat(browser.complaints()).as("what the page printed").isEmpty();
  }
}
