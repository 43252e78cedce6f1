package io.hawser.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.dashboard.DashboardServer;
import io.hawser.dashboard.EventHub;
import io.hawser.testbed.play.SimulationControls;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a simulation: virtual time, a cable pulled with the mouse, a report at the end. */
@Timeout(60)
class SimulationPageTest {
  private static final int LONG_MS = 30_000;
  private static final String SCENARIO =
      """
      title: A download over both links
      topology: wifi-lte
      stacks: [tcp, hawser]
      workload: {kind: bulk, flow: download, time: 12s}
      """;

  @TempDir Path folder;
  private final EventHub hub = new EventHub();
  private Browser browser;
  private SimulationControls simulation;
  private DashboardServer server;

  @BeforeEach
  void open() throws IOException {
    browser = Browser.start();
    SimulationControls.Playback playback = new SimulationControls.Playback(1, false, folder);
    simulation =
        SimulationControls.play(ScenarioReader.read("both.yaml", SCENARIO), null, playback, hub);
    server = DashboardServer.start("127.0.0.1", 0, hub, simulation);
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    if (simulation != null) {
      simulation.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private static void await(Page page, String condition) {
    page.waitForFunction(
        "() => " + condition, null, new Page.WaitForFunctionOptions().setTimeout(LONG_MS));
  }

  private static String rate(String link) {
    return "parseFloat(document.querySelector('[data-card=" + link + "] .legend b')?.textContent)";
  }

  @Test
  void pulledCable_virtualTime_reportAndSilenceAtTheEnd() {
    Page page = browser.page(1440, 1100, ColorScheme.LIGHT);
    page.navigate(server.address().toString());
    await(page, rate("wifi") + " > 30");
    assertThat(page.locator("#running").textContent()).contains("hawser").doesNotContain("tcp");
    assertThat(page.locator("#times").textContent()).contains("simulation");
    page.click("[data-plate=wifi]");
    await(page, rate("wifi") + " < 0.1");
    await(page, rate("lte") + " > 15");
    assertThat(
            page.locator("#log li", new Page.LocatorOptions().setHasText("cable pulled"))
                .first()
                .locator("time")
                .textContent())
        .matches("0:[01][0-9]\\.[0-9]");
    page.locator("#reports a")
        .first()
        .waitFor(new com.microsoft.playwright.Locator.WaitForOptions().setTimeout(LONG_MS));
    await(page, "document.getElementById('running').hidden");
    // A link of a run that is over has no speed, whatever its last sample was.
    await(page, "document.querySelector('[data-plate=lte] .speed').textContent.includes('\u2013')");
    assertThat(page.locator("[data-plate=lte] .unit").textContent()).isEmpty();
    assertThat(browser.complaints()).as("what the page printed").isEmpty();
  }
}
