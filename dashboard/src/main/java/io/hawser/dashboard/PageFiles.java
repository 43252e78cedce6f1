package io.hawser.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The page's own files, from the class path. Only names of the list exist. */
final class PageFiles {
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

  private record Asset(String resource, String type) {}

  private static final Map<String, Asset> ASSETS =
      Map.ofEntries(
          Map.entry("/", own("index.html", "text/html; charset=utf-8")),
          Map.entry("/style.css", own("style.css", STYLE)),
          Map.entry("/app.js", own("app.js", SCRIPT)),
          Map.entry("/model.js", own("model.js", SCRIPT)),
          Map.entry("/feed.js", own("feed.js", SCRIPT)),
          Map.entry("/plots.js", own("plots.js", SCRIPT)),
          Map.entry("/rope.js", own("rope.js", SCRIPT)),
          Map.entry("/links.js", own("links.js", SCRIPT)),
          Map.entry("/time.js", own("time.js", SCRIPT)),
          Map.entry("/log.js", own("log.js", SCRIPT)),
          Map.entry("/runs.js", own("runs.js", SCRIPT)),
          Map.entry("/keys.js", own("keys.js", SCRIPT)),
          Map.entry("/icon.svg", own("icon.svg", "image/svg+xml")),
          Map.entry("/uplot.js", new Asset(UPLOT + "dist/uPlot.iife.min.js", SCRIPT)),
          Map.entry("/uplot.css", new Asset(UPLOT + "dist/uPlot.min.css", STYLE)),
          Map.entry("/uplot-licence.txt", new Asset(UPLOT + "LICENSE", "text/plain")));

  private PageFiles() {}

  private static Asset own(String name, String type) {
    return new Asset("/io/hawser/dashboard/page/" + name, type);
  }

  static void serve(HttpExchange exchange) throws IOException {
    Asset asset = ASSETS.get(exchange.getRequestURI().getPath());
    if (asset == null) {
      Answers.text(exchange, 404, "There is nothing here. The page is at /");
      return;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(asset.resource())) {
      if (in == null) {
        throw new IOException("the file " + asset.resource() + " is missing from this build");
      }
      Answers.send(exchange, 200, asset.type(), in.readAllBytes());
    }
  }
}
