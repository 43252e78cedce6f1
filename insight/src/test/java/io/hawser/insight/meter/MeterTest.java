package io.hawser.insight.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hawser.linux.InterfaceCounters;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On loopback, where what is sent is known. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class MeterTest {
  private static final int PACKET = 1000;
  private static final int HEADERS = 20 + 8;

  private static InterfaceCounters loopback() {
    return InterfaceCounters.read(null).stream()
        .filter(one -> one.name().equals("lo"))
        .findFirst()
        .orElseThrow();
  }

  private static void send(int packets) throws IOException {
    try (DatagramSocket to = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket from = new DatagramSocket()) {
      DatagramPacket packet =
          new DatagramPacket(
              new byte[PACKET], PACKET, InetAddress.getLoopbackAddress(), to.getLocalPort());
      for (int i = 0; i < packets; i++) {
        from.send(packet);
      }
    }
  }

  @Test
  void knownTraffic_isMeasuredByTheTimeThatPassed() throws IOException {
    Meter meter = new Meter(null, List.of("lo"));
    InterfaceCounters before = loopback();
    send(20_000);
    Reading reading = meter.read().getFirst();
    InterfaceCounters after = loopback();
    long counted = after.txBytes() - before.txBytes();
    assertThat(counted).isGreaterThanOrEqualTo(20_000L * (PACKET + HEADERS));
    assertThat((double) reading.txTotalBytes()).isCloseTo(counted, Percentage.withPercentage(1));
    assertThat(reading.txBitsPerSecond() * reading.seconds())
        .isCloseTo(reading.txTotalBytes() * 8.0, within(8.0));
    assertThat(reading.txPeak()).isEqualTo(reading.txBitsPerSecond());
    Reading quiet = meter.read().getFirst();
    assertThat(quiet.txPeak()).isEqualTo(reading.txPeak());
    assertThat(quiet.txAverage()).isLessThan(reading.txAverage());
    assertThat(quiet.txTotalBytes()).isGreaterThanOrEqualTo(reading.txTotalBytes());
  }

  @Test
  void severalReadings_addUpToTheTotal() throws IOException {
    Meter meter = new Meter(null, List.of("lo"));
    List<Reading> all = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      send(1000 * i);
      all.add(meter.read().getFirst());
    }
    double sum = all.stream().mapToDouble(r -> r.rxBitsPerSecond() * r.seconds() / 8).sum();
    assertThat(sum).isCloseTo(all.getLast().rxTotalBytes(), within(10.0));
    double peak = all.stream().mapToDouble(Reading::rxBitsPerSecond).max().orElse(0);
    assertThat(all.getLast().rxPeak()).isEqualTo(peak);
  }

  @Test
  void unknownInterface_namesThoseThereAre() {
    assertThatThrownBy(() -> new Meter(null, List.of("eht0")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no interface 'eht0'; there are lo");
  }

  @Test
  void everyFormat_saysTheSame() {
    Reading one =
        new Reading("wifi", System.nanoTime(), 1.0, 20e6, 1e6, 18e6, 1e6, 25e6, 2e6, 9_000_000, 7);
    assertThat(new MeterText(MeterText.Format.TEXT).of(List.of(one)))
        .contains("wifi       RX 20.00 Mbit/s", "peak 25.00 Mbit/s", "total    9.00 MB", "TX");
    String csv = new MeterText(MeterText.Format.CSV).of(List.of(one));
    assertThat(csv.lines().count()).isEqualTo(2);
    assertThat(csv.lines().skip(1).findFirst().orElse("").split(",")).hasSize(10);
    Matcher json =
        Pattern.compile("\"rxBitsPerSecond\":(\\d+)")
            .matcher(new MeterText(MeterText.Format.JSON).of(List.of(one)));
    assertThat(json.find()).isTrue();
    assertThat(json.group(1)).isEqualTo("20000000");
  }
}
