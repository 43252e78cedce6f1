package io.hawser.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.dashboard.DemoServer;
import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page with a made-up source, in the machine's own Chromium. */
class PageTest {
  private static final long SEED = 1;
  private static Browser browser;

  @TempDir Path folder;
  private DemoServer demo;

  @BeforeAll
  static void browser() {
    browser = Browser.start();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    demo = DemoServer.start(SEED, false, folder);
    demo.source().start("multi-path", "hawser");
  }

  @AfterEach
  void stop() {
    browser.closePages();
    demo.close();
    assertThat(browser.complaints()).as("what the page printed").isEmpty();
  }

  private Page open(int width, int height, ColorScheme scheme) {
    Page page = browser.page(width, height, scheme);
    page.navigate(demo.address());
    page.waitForFunction("() => " + rate("wifi") + " > 15");
    return page;
  }

  /** What the plot's legend tells of a link, in Mbit/s. */
  private static String rate(String link) {
    return "parseFloat(document.querySelector('[data-card=" + link + "] .legend b')?.textContent)";
  }

  private static void assertDropsWithinTwoSeconds(Page page) {
    page.waitForFunction(
        "() => " + rate("wifi") + " < 0.5",
        null,
        new Page.WaitForFunctionOptions().setTimeout(2000));
    assertThat((Double) page.evaluate("() => " + rate("lte"))).isGreaterThan(8);
  }

  @Test
  void aClickPullsTheCableTheDropShowsAndTheOtherLinkGoesOn() {
    Page page = open(1440, 1000, ColorScheme.LIGHT);
    page.click("[data-plate=wifi]");
    assertDropsWithinTwoSeconds(page);
    assertThat(demo.source().links().getFirst().up()).isFalse();
    Locator line = page.locator("#log li", new Page.LocatorOptions().setHasText("cable pulled"));
    line.first().waitFor();
    page.click("[data-plate=wifi]");
    page.waitForFunction("() => " + rate("wifi") + " > 15");
    assertThat(demo.source().links().getFirst().up()).isTrue();
  }

  @Test
  void theGraphMoves() {
    Page page = open(1440, 1000, ColorScheme.DARK);
    String picture = "() => document.querySelector('[data-card=wifi] canvas').toDataURL()";
    Object before = page.evaluate(picture);
    page.waitForFunction("before => (" + picture + ")() !== before", before);
    assertThat(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(14, 20, 25)");
  }

  @Test
  void theKeyboardAloneDoes() {
    Page page = open(1440, 1000, ColorScheme.LIGHT);
    for (int i = 0; i < 20 && !isFocused(page, "[data-plate=wifi]"); i++) {
      page.keyboard().press("Tab");
    }
    assertThat(isFocused(page, "[data-plate=wifi]")).isTrue();
    page.keyboard().press("Enter");
    assertDropsWithinTwoSeconds(page);
    page.keyboard().press("1");
    page.waitForFunction("() => " + rate("wifi") + " > 15");
    page.keyboard().press("?");
    assertThat(page.locator("dialog").isVisible()).isTrue();
    page.keyboard().press("Escape");
    page.keyboard().press("]");
    assertThat(page.locator("#subflows-axis").textContent()).isEqualTo("Round-trip time, ms");
    page.keyboard().press("s");
    page.waitForFunction("() => document.getElementById('running').hidden");
    assertThat(demo.source().running()).isNull();
  }

  private static boolean isFocused(Page page, String selector) {
    return (Boolean) page.evaluate("s => document.activeElement.matches(s)", selector);
  }

  @Test
  void aPhoneScrollsInOneDirectionOnly() {
    Page page = open(390, 844, ColorScheme.LIGHT);
    assertThat((Integer) page.evaluate("() => document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(390);
    page.click("[data-card=lte] .cable");
    page.waitForFunction("() => " + rate("lte") + " < 0.5");
  }

  @Test
  void settingsAreAppliedAndTheReportOpens() {
    Page page = open(1440, 1000, ColorScheme.LIGHT);
    page.fill("[data-card=wifi] input[name=back]", "5");
    page.click("[data-card=wifi] button[type=submit]");
    page.waitForFunction("() => " + rate("wifi") + " < 5.5");
    assertThat(demo.source().links().getFirst().backBitsPerSecond()).isEqualTo(5_000_000);
    Page report = page.waitForPopup(() -> page.locator("#reports a").first().click());
    report.waitForLoadState();
    assertThat(report.locator("h1").textContent()).isEqualTo("Report of a run");
  }

  private static Event.SubflowSample subflow(long atNs, int connection) {
    Endpoint local = new Endpoint(IpAddress.parse("10.9.0.1"), 10_000 + connection);
    Endpoint remote = new Endpoint(IpAddress.parse("10.9.0.2"), 80);
    return new Event.SubflowSample(
        atNs,
        connection,
        "client",
        0,
        "wifi",
        local,
        remote,
        "ESTABLISHED",
        false,
        atNs / 1000,
        0,
        1,
        1,
        1,
        0);
  }

  /** Ten thousand events at once, and a thousand connections with two samples each. */
  @Test
  void tenThousandEvents_areBounded_andThePageGoesOn() {
    Page page = open(1440, 1000, ColorScheme.LIGHT);
    for (int i = 0; i < 10_000; i++) {
      demo.hub().accept(new Event.Note(i, "note " + i));
    }
    page.locator("#log li", new Page.LocatorOptions().setHasText("note 9999")).waitFor();
    // What a page's queue has no room for is left out; samples follow when the flood is over.
    for (int i = 0; i < 2_000; i++) {
      demo.hub().accept(subflow(i % 2 * 500_000_000L, i / 2));
    }
    assertThat((Integer) page.evaluate("() => document.querySelectorAll('#log li').length"))
        .isLessThanOrEqualTo(250);
    page.waitForFunction(
        "() => document.getElementById('subflow-legend').textContent"
            + ".includes('more, less busy')");
    assertThat(
            (Integer) page.evaluate("() => document.querySelectorAll('#subflow-legend li').length"))
        .isLessThanOrEqualTo(14);
    page.click("[data-plate=wifi]");
    assertDropsWithinTwoSeconds(page);
  }

  @Test
  void theModelKeepsNoMoreThanItShows() {
    Page page = open(1440, 1000, ColorScheme.LIGHT);
    @SuppressWarnings("unchecked")
    List<Integer> sizes =
        (List<Integer>)
            page.evaluate(
                """
                async () => {
                  const { Model } = await import('/model.js');
                  const model = new Model();
                  for (let i = 0; i < 10000; i++) {
                    const t = 1e9 + i * 0.1;
                    model.take([
                      { k: 'fact', e: 'LinkChanged', t, n: 'wifi', ch: 'down', fr: 1, br: 1, lv: 'bad' },
                      { k: 'sub', t, c: i, s: 0, h: 'client', l: 'wifi', a: '10.0.0.1:' + i, r: 'r:1',
                        tx: i, rx: 0, rtt: 1, cw: 1, fl: 1, re: 0, st: 'ESTABLISHED', bk: false },
                      { k: 'conn', t, c: i, h: 'client', ri: 0, ro: 0 },
                      { k: 'xfer', t, n: 'download ' + i, b: i },
                      { k: 'delay', t, n: 'voice', ms: 1 }]);
                  }
                  return [model.log.length, model.marks.length, model.paths.size, model.connections.size,
                    model.transfers.size, model.delays.get('voice').series.t.length];
                }\
                """);
    assertThat(sizes.subList(0, 5)).containsExactly(1000, 200, 256, 256, 256);
    // Ten samples a second are kept for 620 s, and old ones are dropped 256 at a time.
    assertThat(sizes.get(5)).isBetween(6200, 6200 + 256);
  }
}
