package io.hawser.cli.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.insight.meter.Meter;
import io.hawser.insight.meter.Reading;
import io.hawser.linux.InterfaceCounters;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.linux.Requirement;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.TopologyReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same seconds as iperf3, speedometer, the kernel's counters and our own meter see them. */
@NeedsNetworkNamespaces
@Timeout(120)
class SideBySideTest {
  private static final int SECONDS = 6;
  private static final double PACKET = 1500.0;
  private static final double PAYLOAD = 1448.0;
  private static final Pattern SPEED = Pattern.compile("^\\s*([0-9.]+) ([KM]?i?)B/s");
  private static final String TOPOLOGY =
      """
      name: wire
      links:
        - {name: wire, both: "rate=60mbit delay=1ms"}
      """;

  private static Process start(Host host, String... command) {
    return host.start(
        new ProcessBuilder(command).redirectErrorStream(true), Map.of("PYTHONUNBUFFERED", "1"));
  }

  private static String text(Process program) throws IOException {
    return new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static long rxBytes(Host host) {
    return InterfaceCounters.read(host.namespace()).stream()
        .filter(one -> one.name().equals("wire"))
        .mapToLong(InterfaceCounters::rxBytes)
        .findFirst()
        .orElseThrow();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** Bytes a second of the lines that speedometer printed while traffic flowed. */
  private static List<Double> speeds(String printed) {
    List<Double> all = new ArrayList<>();
    for (String line : printed.split("\\R", -1)) {
      Matcher m = SPEED.matcher(line);
      if (m.find()) {
        double unit = m.group(2).startsWith("M") ? 1 << 20 : m.group(2).startsWith("K") ? 1024 : 1;
        all.add(Double.parseDouble(m.group(1)) * unit);
      }
    }
    return all;
  }

  @Test
  void iperf3SpeedometerKernelAndMeter_agree() throws Exception {
    Requirement.program("speedometer", "speedometer");
    Requirement.program("iperf3", "iperf3");
    String name = "s" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, TopologyReader.read("test", TOPOLOGY))) {
      Host server = testbed.server();
      String address = Testbed.kernelService(false).toString();
      Process listener = start(server, "iperf3", "-s", "-1", "-J", "-B", address);
      while (listener.isAlive() && !server.ip().command("ss", "-Hlnt").contains(":5201")) {
        LockSupport.parkNanos(5_000_000);
      }
      Process sender =
          start(
              testbed.client(),
              "iperf3",
              "-c",
              address,
              "-J",
              "-b",
              "20M",
              "-l",
              "8K",
              "-t",
              "" + SECONDS,
              "-O",
              "1");
      long idleBytes = rxBytes(server);
      while (sender.isAlive() && rxBytes(server) < idleBytes + 1_000_000) {
        LockSupport.parkNanos(5_000_000);
      }
      Process speedometer = start(server, "speedometer", "-p", "-i", "1", "-r", "wire");
      Meter meter = new Meter(server.namespace(), List.of("wire"));
      long beginBytes = rxBytes(server);
      long beginNs = System.nanoTime();
      List<Double> metered = new ArrayList<>();
      List<Reading> readings = new ArrayList<>();
      for (int second = 1; second < SECONDS; second++) {
        long untilNs = beginNs + second * 1_000_000_000L;
        for (long left = untilNs - System.nanoTime();
            left > 0;
            left = untilNs - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        readings.add(meter.read().getFirst());
        metered.add(readings.getLast().rxBitsPerSecond() / 8);
      }
      long countedBytes = rxBytes(server) - beginBytes;
      speedometer.toHandle().destroy();
      List<Double> shown = speeds(text(speedometer));
      JsonNode iperf = JsonMapper.shared().readTree(text(sender)).get("end").get("sum_received");
      assertThat(sender.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(listener.waitFor(20, TimeUnit.SECONDS)).isTrue();

      double ours = median(metered);
      double theirs = median(shown);
      double iperfs = iperf.get("bits_per_second").asDouble() / 8 * PACKET / PAYLOAD;
      double total = readings.getLast().rxTotalBytes();
      System.out.printf(
          "meter %.0f B/s; speedometer %+.2f %%, iperf3 with headers %+.2f %%, kernel's counter %+.2f %%"
              + " / bounds 1 %%, 2 %%, 1 %%%n",
          ours, percent(theirs, ours), percent(iperfs, ours), percent(countedBytes, total));
      assertThat(shown).as(shown.toString()).hasSizeGreaterThanOrEqualTo(3);
      assertThat(Math.abs(percent(theirs, ours))).as("speedometer, %%").isLessThan(1);
      assertThat(Math.abs(percent(iperfs, ours))).as("iperf3, %%").isLessThan(2);
      assertThat(Math.abs(percent(countedBytes, total))).as("counter, %%").isLessThan(1);
    }
  }

  private static double percent(double value, double of) {
    return (value / of - 1) * 100;
  }
}
