package io.hawser.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reports of finished runs: files of their folders and nothing outside of them. */
final class ReportFiles {
  static final String PREFIX = "/reports/";

  private final Controls controls;

  ReportFiles(Controls controls) {
    this.controls = controls;
  }

  void serve(HttpExchange exchange) throws IOException {
    Answers.securityHeaders(exchange, Answers.REPORT_POLICY);
    String rest = exchange.getRequestURI().getPath().substring(PREFIX.length());
    int slash = rest.indexOf('/');
    String run = slash < 0 ? rest : rest.substring(0, slash);
    String file = slash < 0 ? "" : rest.substring(slash + 1);
    for (Controls.FinishedRun one : controls.finished()) {
      if (one.name().equals(run)) {
        if (slash < 0) {
          exchange
              .getResponseHeaders()
              .set("Location", exchange.getRequestURI().getRawPath() + "/");
          Answers.text(exchange, 302, "The report is one level down");
          return;
        }
        send(exchange, one.page(), file);
        return;
      }
    }
    Answers.text(exchange, 404, "No such report");
  }

  private static void send(HttpExchange exchange, Path page, String file) throws IOException {
    Path folder = page.toAbsolutePath().getParent();
    if (folder == null || file.indexOf('\0') >= 0 || !Files.isDirectory(folder)) {
      Answers.text(exchange, 404, "The report's folder is gone");
      return;
    }
    Path real = folder.toRealPath();
    Path wanted = (file.isEmpty() ? page.toAbsolutePath() : folder.resolve(file)).normalize();
    // What links lead to counts: a link in the folder does not open what is outside.
    if (!Files.isRegularFile(wanted) || !wanted.toRealPath().startsWith(real)) {
      Answers.text(exchange, 404, "No such file in this report");
      return;
    }
    Answers.send(exchange, 200, type(wanted), Files.readAllBytes(wanted));
  }

  private static String type(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "gif" -> "image/gif";
      case "json", "jsonl" -> "application/json; charset=utf-8";
      case "csv", "txt", "md" -> "text/plain; charset=utf-8";
      default -> "application/octet-stream";
    };
  }
}
