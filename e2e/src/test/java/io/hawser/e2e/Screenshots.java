package io.hawser.e2e;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.hawser.dashboard.DemoServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Pictures of the page for people to look at; a program, no test. */
final class Screenshots {
  private static final List<String> NAMES = List.of("light", "dark", "phone", "phone-dark");

  private Screenshots() {}

  /**
   * The folder for the pictures, how many seconds to wait, and the address of a page; without one a
   * made-up source is shown. Words after the address are pressed: elements by CSS, one a wait.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 2) {
      pages(arguments);
      return;
    }
    Path folder = Path.of(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    try (DemoServer demo = DemoServer.start(1, false, folder.resolve("run"));
        DemoServer routed = DemoServer.start(2, true, folder.resolve("run"));
        Browser browser = Browser.start()) {
      Page light = browser.page(1440, 1180, ColorScheme.LIGHT);
      Page dark = browser.page(1440, 1180, ColorScheme.DARK);
      Page phone = browser.page(390, 844, ColorScheme.LIGHT);
      Page phoneDark = browser.page(390, 844, ColorScheme.DARK);
      demo.source().start("link-cut", "hawser");
      routed.source().start("multi-path", "mptcp-kernel");
      light.navigate(demo.address());
      dark.navigate(demo.address());
      phone.navigate(demo.address());
      phoneDark.navigate(routed.address());
      for (Page page : new Page[] {light, dark, phone, phoneDark}) {
        page.selectOption("#window", "30");
      }
      light.waitForTimeout(seconds * 400);
      light.click("[data-plate=wifi]");
      routed.source().change("lte", "blackhole");
      light.waitForTimeout(seconds * 300);
      shot(light, folder.resolve("light-cut.png"));
      light.click("[data-plate=wifi]");
      light.waitForTimeout(seconds * 300);
      shot(light, folder.resolve("light.png"));
      shot(dark, folder.resolve("dark.png"));
      phone.screenshot(
          new Page.ScreenshotOptions().setFullPage(true).setPath(folder.resolve("phone.png")));
      phoneDark.screenshot(
          new Page.ScreenshotOptions().setFullPage(true).setPath(folder.resolve("phone-dark.png")));
      System.out.println(browser.complaints());
    }
  }

  private static void pages(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int waitMs = (int) (Double.parseDouble(arguments[1]) * 1000);
    try (Browser browser = Browser.start()) {
      Page light = browser.page(1440, 1180, ColorScheme.LIGHT);
      Page dark = browser.page(1440, 1180, ColorScheme.DARK);
      Page phone = browser.page(390, 844, ColorScheme.LIGHT);
      Page phoneDark = browser.page(390, 844, ColorScheme.DARK);
      Page[] all = {light, dark, phone, phoneDark};
      for (Page page : all) {
        page.navigate(arguments[2]);
      }
      for (int n = 3; n <= arguments.length; n++) {
        light.waitForTimeout(waitMs);
        for (int i = 0; i < all.length; i++) {
          String file = NAMES.get(i) + "-" + (n - 3) + ".png";
          all[i].screenshot(
              new Page.ScreenshotOptions().setFullPage(true).setPath(folder.resolve(file)));
        }
        if (n < arguments.length) {
          press(light, arguments[n]);
        }
      }
      System.out.println(browser.complaints());
    }
  }

  /** {@code #id=value} chooses, anything else is clicked. */
  private static void press(Page page, String word) {
    int equals = word.indexOf('=');
    if (word.startsWith("#") && equals > 0) {
      page.selectOption(word.substring(0, equals), word.substring(equals + 1));
    } else {
      page.click(word);
    }
  }

  private static void shot(Page page, Path file) {
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
  }
}
