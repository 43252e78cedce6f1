package io.hawser.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.cli.netcat.LivePage;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.dashboard.EventHub;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserSocket;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.TopologyReader;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of a live stack, which nobody can press anything of: what happens to it is told. */
@Timeout(60)
@NeedsNetworkNamespaces
class LiveStackPageTest {
  private static final int MPTCP = 5001;
  private static final int PLAIN = 5002;
  private static final int LONG_MS = 30_000;

  private final EventHub hub = new EventHub();
  private Browser browser;
  private Testbed testbed;
  private Hawser server;
  private Hawser client;
  private LivePage live;

  @BeforeEach
  void open() throws IOException {
    browser = Browser.start();
    testbed = Testbed.up("l" + ProcessHandle.current().pid(), TopologyReader.find("wifi-lte"));
    server = testbed.server().openStack(new HawserConfig(), List.of(Testbed.stackService(false)));
    List<IpAddress> addresses = testbed.client().stackAddresses(false);
    client = testbed.client().openStack(new HawserConfig().events(hub), addresses);
    Map<IpAddress, String> devices = new LinkedHashMap<>();
    addresses.forEach(address -> devices.put(address, testbed.linkOf(address)));
    live = LivePage.serve(client, "client", "connect to somewhere", 0, hub, devices);
  }

  @AfterEach
  void close() {
    for (AutoCloseable one : new AutoCloseable[] {live, client, server, testbed, browser}) {
      try {
        if (one != null) {
          one.close();
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static InetSocketAddress service(int port) throws IOException {
    return new InetSocketAddress(
        InetAddress.getByAddress(Testbed.stackService(false).bytes()), port);
  }

  /** Takes one connection and reads it to its end. */
  private static void serve(ServerSocket listener) {
    byte[] block = new byte[1 << 16];
    try (Socket accepted = listener.accept()) {
      int n = 0;
      while (n >= 0) {
        n = accepted.getInputStream().read(block);
      }
    } catch (IOException e) {
      // The test is over.
      return;
    }
  }

  private static void upload(Socket socket) {
    byte[] block = new byte[1 << 16];
    try {
      while (true) {
        socket.getOutputStream().write(block);
      }
    } catch (IOException e) {
      // The test is over.
      return;
    }
  }

  private static Locator line(Page page, String text) {
    return page.locator("#log li", new Page.LocatorOptions().setHasText(text)).first();
  }

  /** What the legend of the subflows tells of one of them. */
  private static void awaitRate(Page page, String subflow, String condition) {
    page.waitForFunction(
        """
        () => [...document.querySelectorAll('#subflow-legend li')]
          .some((li) => li.textContent.includes('%s')
            && parseFloat(li.querySelector('b').textContent) %s)\
        """
            .formatted(subflow, condition),
        null,
        new Page.WaitForFunctionOptions().setTimeout(LONG_MS));
  }

  @SuppressWarnings("unchecked")
  private static List<String> colours(Page page) {
    return (List<String>)
        page.evaluate(
            "() => [...document.querySelectorAll('#subflow-legend .swatch')]"
                + ".map((s) => getComputedStyle(s).color)");
  }

  @Test
  void joinsLossesAndFallbacks_areOnThePage() throws IOException {
    Page page = browser.page(1440, 800, ColorScheme.LIGHT);
    page.navigate(live.address().toString());
    browser.pictures(live.address().toString(), "live-before");
    page.locator("main.watch-only").waitFor();
    assertThat(page.locator(".words").innerText()).contains("Connections show here");
    assertThat(page.locator("input[value=delay]").isVisible()).isFalse();
    try (ServerSocket listener = server.serverSocket();
        ServerSocket plain =
            server.serverSocket(ConnectionConfig.multipathDefaults().withMultipath(false));
        HawserSocket socket = client.socket();
        HawserSocket fallen = client.socket()) {
      listener.bind(service(MPTCP));
      plain.bind(service(PLAIN));
      Thread.ofVirtual().start(() -> serve(listener));
      socket.connect(service(MPTCP), LONG_MS);
      Thread.ofVirtual().start(() -> upload(socket));
      line(page, "Connection 1 established with MPTCP").waitFor();
      line(page, "Subflow 1 of connection 1 joined").waitFor();
      awaitRate(page, "wifi", "> 10");
      awaitRate(page, "lte", "> 5");
      assertThat(colours(page)).as("colours of wifi, lte and their sum").doesNotHaveDuplicates();
      assertThat(page.locator("#links").isVisible()).isFalse();
      assertThat(page.locator("#start").isVisible()).isFalse();

      testbed.change("wifi", "blackhole");
      line(page, "Subflow 0 of connection 1 gets no answers any more").waitFor();
      awaitRate(page, "wifi", "< 0.1");
      awaitRate(page, "lte", "> 5");
      testbed.change("wifi", "restore");
      awaitRate(page, "wifi", "> 10");

      fallen.connect(service(PLAIN), LONG_MS);
      line(page, "established, plain TCP").waitFor();
      browser.pictures(live.address().toString(), "live");
    }
    line(page, "Connection 1 closed").waitFor();
    live.close();
    page.locator("#banner:not([hidden])").waitFor();
    // A server that is gone is what the browser complains about, and what the page shows.
    assertThat(browser.complaints()).allMatch(text -> text.contains("ERR_"));
  }
}
