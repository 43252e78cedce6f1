package io.hawser.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Pages are well-formed, name their units, need nothing from outside and say everything in words.
 */
class PageTest {
  private static final Pattern ELSEWHERE =
      Pattern.compile("https?:|//[a-z]|url\\(|@import|<script|<link|<img|<iframe|\\bon[a-z]+=\"");

  @TempDir Path folder;

  private static Document check(String html) throws Exception {
    assertThat(html).startsWith("<!DOCTYPE html>\n<html lang=\"en\">");
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(html)));
    assertThat(ELSEWHERE.matcher(html).results().map(it -> it.group()).toList()).isEmpty();
    Set<String> ids = new HashSet<>();
    for (Element element : elements(document, "*")) {
      String id = element.getAttribute("id");
      assertThat(id.isEmpty() || ids.add(id)).as("id %s is unique", id).isTrue();
    }
    for (Element svg : elements(document, "svg")) {
      assertThat(elements(svg, "title")).hasSize(1);
      assertThat(elements(svg, "desc")).hasSize(1);
      assertThat(elements(svg, "desc").getFirst().getTextContent()).isNotBlank();
      for (String id : svg.getAttribute("aria-labelledby").split(" ")) {
        assertThat(ids).contains(id);
      }
    }
    for (Element head : elements(document, "th")) {
      assertThat(head.getAttribute("scope")).isIn("row", "col");
    }
    return document;
  }

  private static List<Element> elements(org.w3c.dom.Node in, String name) {
    NodeList nodes =
        in instanceof Document document
            ? document.getElementsByTagName(name)
            : ((Element) in).getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<String> texts(Element svg) {
    return elements(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private Path play(String name, List<Event> events) throws Exception {
    RunFolder run = RunFolder.create(folder, name);
    SyntheticRun.play(events, run.sink());
    run.finish(RunFolder.Options.USUAL);
    return run.path();
  }

  @Test
  void theRunsPage() throws Exception {
    Path run = play("cut", SyntheticRun.linkCut("hawser", 1, 1));
    String html = Files.readString(run.resolve(RunFolder.PAGE));
    Document document = check(html);
    assertThat(elements(document, "h1").getFirst().getTextContent())
        .isEqualTo("Wi-Fi is cut for four seconds <during> a \"download\" & comes back");
    List<Element> plots = elements(document, "svg");
    assertThat(plots).hasSize(10);
    for (Element svg : plots) {
      assertThat(texts(svg))
          .as("axes with units")
          .anyMatch(text -> text.matches("(Time since the start|CPU time), s"))
          .anyMatch(text -> text.matches(".*(, (s|ms|kB|Mbit/s)| s)"));
    }
    assertThat(texts(plots.getFirst()))
        .contains("wifi down", "wifi up", "physical limit", "over wifi", "over lte");
    assertThat(html).contains("prefers-color-scheme:dark").contains("@media print");
    for (String png : List.of("goodput", "stalls", "rtt", "cwnd", "cpu")) {
      var image = ImageIO.read(run.resolve(png + ".png").toFile());
      assertThat(image.getWidth()).isIn(1280, 1920);
      assertThat(image.getHeight()).isBetween(200, 1000);
    }
    for (String csv : List.of("links", "subflows", "transfers", "delays")) {
      List<String> lines = Files.readAllLines(run.resolve(csv + ".csv"));
      int columns = lines.getFirst().split(",").length;
      assertThat(lines).as(csv).allMatch(line -> line.split(",", -1).length == columns);
    }
    assertThat(Files.readAllLines(run.resolve("links.csv"))).hasSize(1 + 2 * 301);
    assertThat(Files.readString(run.resolve("summary.json"))).contains("\"goodputBitsPerSecond\"");
  }

  @Test
  void hostileTextStaysText() throws Exception {
    String nasty = "</title><script>alert('x')</script>&\u0000\u0001\"' ]]> \ufffe";
    List<Event> events = new ArrayList<>();
    events.add(
        new Event.RunStarted(
            0,
            nasty,
            nasty,
            nasty,
            nasty,
            1,
            1,
            1_000_000_000,
            List.of(new Event.LinkFacts(nasty, 8_000, 8_000, nasty))));
    for (int i = 0; i <= 10; i++) {
      events.add(new Event.LinkSample(i * 100_000_000L, nasty, i * 100, 0, 0, 0, 0, 0, 0, 0));
      events.add(new Event.TransferSample(i * 100_000_000L, nasty, i * 90));
      events.add(new Event.MessageDelay(i * 100_000_000L, nasty, i * 1_000_000));
    }
    events.add(new Event.LinkChanged(500_000_000, nasty, nasty, false, 8_000, 8_000));
    events.add(new Event.Note(600_000_000, nasty));
    events.add(new Event.CpuSample(600_000_000, nasty, 5));
    events.add(new Event.RunEnded(1_000_000_000, nasty));
    Path run = play(nasty, events);
    assertThat(run.getParent()).isEqualTo(folder);
    Document document = check(Files.readString(run.resolve(RunFolder.PAGE)));
    assertThat(elements(document, "script")).isEmpty();
    Path other = play("other", SyntheticRun.linkCut("tcp", 1, 1));
    Path page = ComparisonPage.write(folder.resolve("both"), List.of(run, other));
    assertThat(elements(check(Files.readString(page)), "script")).isEmpty();
  }

  @Test
  void anEmptyRunHasAPageToo() throws Exception {
    Path run = play("empty", List.of());
    assertThat(
            check(Files.readString(run.resolve(RunFolder.PAGE)))
                .getDocumentElement()
                .getTextContent())
        .contains("did not come to an end");
  }

  @Test
  void voiceRunsShowDelays() throws Exception {
    Path run = play("voice", SyntheticRun.voice("hawser", 2));
    String html = Files.readString(run.resolve(RunFolder.PAGE));
    check(html);
    assertThat(html).contains("Delay distribution").contains("Messages not later, %");
    assertThat(Files.readAllLines(run.resolve("delays.csv"))).hasSizeGreaterThan(1_000);
    assertThat(run.resolve("delay-cdf.png")).exists();
  }

  @Test
  void theComparisonsPage() throws Exception {
    List<Path> runs = new ArrayList<>();
    for (String stack : List.of("tcp", "hawser")) {
      for (int repetition = 1; repetition <= 3; repetition++) {
        runs.add(play("cut", SyntheticRun.linkCut(stack, repetition, 1)));
      }
    }
    Path page = ComparisonPage.write(folder.resolve("comparison"), runs);
    String html = Files.readString(page);
    Document document = check(html);
    assertThat(elements(document, "tr").get(1).getTextContent()).isEqualTo("Runs (n)33");
    assertThat(texts(elements(document, "svg").getFirst()))
        .contains("tcp", "hawser", "physical limit", "wifi down");
    assertThat(html).contains("tcp (n=3)").contains("Stall after a link&#39;s loss, ms");
    assertThat(page.resolveSibling("goodput.png")).exists();
    assertThat(page.resolveSibling("comparison.json")).content().contains("\"median\"");
    List<RunSummary> summaries = new ArrayList<>();
    for (Path run : runs) {
      summaries.add(RunFolder.summary(run));
    }
    for (Comparison.Row row : Comparison.of(summaries).rows()) {
      if (row.label().startsWith("Stall after")) {
        assertThat(row.cells().get(0).least()).isGreaterThan(4_000);
        assertThat(row.cells().get(1).most()).isLessThan(1_000);
      }
    }
  }
}
