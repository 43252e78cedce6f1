package io.hawser.insight.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pictures of a made-up run: Wi-Fi for 12 s until its cable is pulled, LTE from the 5th second on.
 */
class TerminalGraphTest {
  private static final long MS = 1_000_000L;
  private static final long T0 = 5_000_000_000L;
  private static final Endpoint SERVER = new Endpoint(IpAddress.parse("10.77.0.2"), 5201);

  private final Speeds speeds = new Speeds(200_000 * MS, TerminalGraphTest::words);

  private static String words(Event event) {
    return switch (event) {
      case Event.LinkChanged e -> e.link() + " " + e.change();
      case Event.Note e -> e.text();
      default -> "";
    };
  }

  private static Endpoint client(int path) {
    return new Endpoint(IpAddress.parse("10.77." + path + ".1"), 40_000 + path);
  }

  private static Event.SubflowSample subflow(
      long atNs, String host, int path, long sent, long received) {
    boolean server = host.equals("server");
    return new Event.SubflowSample(
        atNs,
        1001,
        host,
        path - 1,
        path == 1 ? "wifi" : "lte",
        server ? SERVER : client(path),
        server ? client(path) : SERVER,
        "ESTABLISHED",
        path == 2,
        sent,
        received,
        path * 20 * MS,
        64_000,
        0,
        path);
  }

  private static Event.LinkSample link(long atNs, String name, long forth, long back) {
    return new Event.LinkSample(atNs, name, forth, back, 0, 0, 0, 0, 0, 0);
  }

  /** Four readings a second of what is sent with 16 Mbit/s and a ramp up to 8 Mbit/s. */
  private void run(int seconds) {
    speeds.link("wifi", true, 40_000_000, 40_000_000);
    speeds.link("lte", true, 0, 20_000_000);
    long wifi = 0;
    long lte = 0;
    for (int i = 0; i <= seconds * 4; i++) {
      long atNs = T0 + i * 250 * MS;
      speeds.accept(link(atNs, "wifi", wifi / 50, wifi));
      speeds.accept(link(atNs, "lte", lte / 50, lte));
      speeds.accept(new Event.ConnectionSample(atNs, 1001, "client", 0, 0, 0, 0, "iperf3 (4711)"));
      speeds.accept(subflow(atNs, "server", 1, wifi, 0));
      speeds.accept(subflow(atNs, "client", 1, 0, wifi));
      speeds.accept(subflow(atNs, "server", 2, lte, 0));
      if (i == 48) {
        speeds.accept(new Event.LinkChanged(atNs, "wifi", "down", false, 40_000_000, 40_000_000));
        speeds.accept(new Event.Note(0, "client: interface wifi is down"));
      }
      wifi += i < 48 ? 500_000 : 0;
      lte += i < 20 ? 0 : Math.min(250_000, (i - 20) * 12_500L);
    }
  }

  @ParameterizedTest
  @CsvSource({"80,24", "132,43", "50,30", "80,12"})
  void frame_isTheGoldenOne(int columns, int rows) throws IOException {
    run(16);
    String name = "frame-" + columns + "x" + rows + ".txt";
    List<String> frame =
        new TerminalGraph(speeds, "testbed lab, wifi-lte", 500 * MS, false).frame(columns, rows);
    assertThat(frame).hasSizeLessThanOrEqualTo(rows);
    assertThat(frame).allMatch(line -> line.length() <= columns);
    String drawn = String.join("\n", frame) + "\n";
    String folder = System.getProperty("golden.write", "");
    if (!folder.isEmpty()) {
      Files.writeString(Path.of(folder, name), drawn);
    }
    try (InputStream golden = TerminalGraphTest.class.getResourceAsStream(name)) {
      assertThat(golden).as(name).isNotNull();
      assertThat(drawn).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "7,3", "20,5", "59,10", "60,10", "61,100", "400,4"})
  void anySize_isKept(int columns, int rows) {
    for (int seconds : new int[] {0, 3, 16}) {
      run(seconds);
      List<String> frame = new TerminalGraph(speeds, "t", 500 * MS, false).frame(columns, rows);
      assertThat(frame).hasSizeBetween(1, rows).allMatch(line -> line.length() <= columns);
    }
  }

  @Test
  void nothingYet_isAPicture() {
    assertThat(new TerminalGraph(speeds, "testbed lab", 500 * MS, false).frame(40, 10))
        .containsExactly("testbed lab                          0 s", "No subflows");
    assertThat(new SpeedLines(speeds).text()).isEqualTo("    0.0 s");
  }

  @Test
  void colours_changeNoText() {
    run(16);
    TerminalGraph plain = new TerminalGraph(speeds, "t", 500 * MS, false);
    TerminalGraph colourful = new TerminalGraph(speeds, "t", 500 * MS, true);
    List<String> frame = colourful.frame(80, 24);
    assertThat(String.join("\n", frame)).contains("\u001b[36m RX \u001b[0m", "\u001b[1;31m  down");
    assertThat(frame.stream().map(l -> l.replaceAll("\u001b\\[[0-9;]*m", "").stripTrailing()))
        .containsExactlyElementsOf(plain.frame(80, 24));
  }

  @Test
  void namesOfPrograms_cannotMoveTheCursor() {
    run(3);
    speeds.accept(new Event.ConnectionSample(T0, 1001, "client", 0, 0, 0, 0, "a\u001b[2J\n漢 (1)"));
    assertThat(new TerminalGraph(speeds, "t", 500 * MS, true).frame(80, 24))
        .anyMatch(line -> line.contains("a?[2J?? (1)"))
        .noneMatch(line -> line.contains("[2J\n"));
  }

  @Test
  void silentSubflow_goes_andARunBeginsAnew() {
    run(3);
    speeds.accept(link(T0 + 9_000 * MS, "wifi", 0, 0));
    assertThat(new SpeedLines(speeds).json()).contains("\"subflows\":[]");
    run(16);
    speeds.accept(new Event.RunStarted(T0, "link-cut", "", "hawser", "real", 1, 1, 0, List.of()));
    assertThat(new TerminalGraph(speeds, "t", 500 * MS, false).frame(80, 24))
        .contains("No subflows")
        .first()
        .asString()
        .startsWith("t: link-cut with hawser");
  }

  @Test
  void lines_sayTheSpeedsOfTheLastSecond() {
    run(10);
    assertThat(new SpeedLines(speeds).text())
        .isEqualTo(
            "   10.0 s  wifi RX 16.00 Mbit/s TX 320.0 kbit/s  lte RX 7.00 Mbit/s TX 140.0 kbit/s"
                + "  | iperf3 (4711) wifi RX 16.00 Mbit/s TX 0.0 kbit/s"
                + "  | iperf3 (4711) lte (backup) RX 7.00 Mbit/s TX 0.0 kbit/s");
    SpeedLines lines = new SpeedLines(speeds);
    assertThat(lines.json())
        .contains("\"seconds\":10.0", "\"rxBitsPerSecond\":16000000", "\"rxBytes\":20000000")
        .contains("\"program\":\"iperf3 (4711)\"", "\"rttMs\":20.0", "\"log\":[]");
    run(16);
    assertThat(lines.json()).contains("\"log\":[\"wifi down\",\"client: interface wifi is down\"]");
    assertThat(lines.json()).contains("\"log\":[]");
  }
}
