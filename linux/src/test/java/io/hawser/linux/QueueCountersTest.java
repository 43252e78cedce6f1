package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.wire.DeviceException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@NeedsNetworkNamespaces
class QueueCountersTest {

  @Test
  void dropsAndBacklog_areThoseOfTc() throws Exception {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = new Ip(namespace);
      assertThat(QueueCounters.read(namespace, "lo").droppedPackets()).isZero();
      // So slow that what is queued stays there while we look.
      ip.command(
          "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "8bit", "burst", "2000",
          "limit", "9000");
      try (DatagramSocket socket = namespace.run(() -> new DatagramSocket())) {
        for (int n = 0; n < 50; n++) {
          socket.send(
              new DatagramPacket(new byte[1000], 1000, InetAddress.ofLiteral("127.0.0.1"), 9));
        }
      }
      QueueCounters counted = QueueCounters.read(namespace, "lo");
      String text = ip.command("tc", "-s", "qdisc", "show", "dev", "lo");
      assertThat(counted.kind()).isEqualTo("tbf");
      assertThat(counted.droppedPackets()).isEqualTo(number("dropped (\\d+)", text)).isPositive();
      assertThat(counted.queuedBytes()).isEqualTo(number("backlog (\\d+)b", text)).isPositive();
      assertThat(counted.queuedPackets()).isEqualTo(number("backlog \\d+b (\\d+)p", text));
      assertThatThrownBy(() -> QueueCounters.read(namespace, "hwnone"))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("hwnone");
    }
  }

  private static long number(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void batch_doesAllLines_andNamesTheOneThatFails() {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = new Ip(namespace);
      ip.batch(true, "addr add fd00::1/64 dev lo nodad\nroute add default dev lo metric 7\n");
      ip.batch(false, "addr add 192.0.2.1/24 dev lo\nrule add from 192.0.2.1 lookup 77\n");
      assertThat(ip.ip("-6 route show default")).contains("metric 7");
      assertThat(ip.ip("rule")).contains("lookup 77");
      assertThatThrownBy(
              () -> ip.batch(false, "addr add 192.0.2.2/24 dev lo\naddr add 192.0.2.2/24 dev lo\n"))
          .isInstanceOf(DeviceException.class)
          .hasMessageStartingWith("`ip addr add 192.0.2.2/24 dev lo`:");
      ip.sysctls(List.of("net/ipv4/ip_forward=1", "net/ipv4/conf/lo/rp_filter=0"));
      assertThat(ip.sysctl("net/ipv4/ip_forward")).isEqualTo("1");
    }
  }
}
