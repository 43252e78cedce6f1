package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that the conformance pages name exists. */
class ConformancePagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+Test)(?:#(\\w+))?`");

  /** The sources of every test class of this name; modules may have one each. */
  private static String sources(String name) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(ROOT)) {
      List<Path> found =
          files
              .filter(f -> f.endsWith(name + ".java") && f.toString().contains("src/test"))
              .toList();
      for (Path file : found) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void namedTests_exist() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (String page : List.of("rfc8684.md", "rfc7413.md", "rfc9293.md", "linux.md")) {
      Matcher matcher =
          NAMED.matcher(Files.readString(ROOT.resolve("docs/conformance").resolve(page)));
      while (matcher.find()) {
        named++;
        String text = sources(matcher.group(1));
        String method = matcher.group(2);
        boolean there =
            !text.isEmpty() && (method == null || text.contains("void " + method + "("));
        if (!there) {
          missing.add(matcher.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isGreaterThan(40);
  }

  @Test
  void everyCapture_hasARow() throws IOException {
    Set<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/conformance/linux.md"))) {
      String[] cells = line.split("\\|");
      if (cells.length == 5) {
        rows.addAll(List.of(cells[3].trim().split(", ")));
      }
    }
    Set<String> captures = new TreeSet<>();
    try (Stream<Path> files = Files.list(ROOT.resolve("wire/src/test/resources/captures"))) {
      files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".pcap"))
          .forEach(f -> captures.add(f.substring(0, f.indexOf('-'))));
    }
    assertThat(captures).hasSizeGreaterThan(90);
    assertThat(rows).containsAll(captures);
  }
}
