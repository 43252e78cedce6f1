package io.hawser.socket;

import static io.hawser.socket.Network.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.core.pm.PmException;
import io.hawser.socket.Network.Running;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StackLoopTest {

  @Test
  void connectToASilentPeerTimesOutAndClosesTheSocket() throws Exception {
    try (TwoHosts hosts = new TwoHosts()) {
      hosts.wire.dropAll = true;
      HawserSocket s = hosts.client.socket();
      InetSocketAddress to = new InetSocketAddress(TwoHosts.address(TwoHosts.SERVER), 5);
      assertThatThrownBy(() -> s.connect(to, 50))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Connect timed out");
      assertThat(s.isClosed()).isTrue();
    }
  }

  @Test
  void connectEndsWhenTheSocketIsClosedOrTheVirtualThreadInterrupted() throws Exception {
    try (TwoHosts hosts = new TwoHosts()) {
      hosts.wire.dropAll = true;
      InetSocketAddress to = new InetSocketAddress(TwoHosts.address(TwoHosts.SERVER), 5);
      HawserSocket first = hosts.client.socket();
      Running closing = new Running(() -> connects(first, to)).awaitBlocked();
      first.close();
      assertThat(closing.result()).isEqualTo("SocketException: Socket closed");
      HawserSocket second = hosts.client.socket();
      Running interrupted = new Running(() -> connects(second, to)).awaitBlocked();
      interrupted.thread.interrupt();
      assertThat(interrupted.result()).isEqualTo("SocketException: Closed by interrupt");
      assertThat(second.isClosed()).isTrue();
    }
  }

  private static String connects(HawserSocket s, InetSocketAddress to) throws IOException {
    s.connect(to);
    return "connected";
  }

  @Test
  void closeWithUnreadDataResetsThePeer() throws Exception {
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket server = hosts.listen(20);
        HawserSocket near = hosts.connect(20);
        HawserSocket far = server.accept()) {
      far.getOutputStream().write(new byte[1000]);
      assertThat(near.getInputStream().read()).isZero();
      near.close();
      assertThat(outcome(() -> far.getInputStream().read()))
          .isEqualTo("SocketException: Connection reset");
    }
  }

  @Test
  void closingTheStackEndsWhoeverWaits() throws Exception {
    TwoHosts hosts = new TwoHosts();
    HawserServerSocket server = hosts.listen(21);
    HawserSocket near = hosts.connect(21);
    HawserSocket far = server.accept();
    Running accepting = new Running(() -> "" + server.accept()).awaitBlocked();
    Running reading = new Running(() -> "" + far.getInputStream().read()).awaitBlocked();
    hosts.server.close();
    assertThat(accepting.result()).isEqualTo("SocketException: Socket closed");
    assertThat(reading.result()).isEqualTo("SocketException: Socket closed");
    assertThat(outcome(() -> near.getInputStream().read()))
        .isEqualTo("SocketException: Connection reset");
    assertThatThrownBy(hosts.server::connections)
        .isInstanceOf(IOException.class)
        .hasMessage("the network stack was closed");
    assertThatThrownBy(() -> hosts.server.socket().bind(null)).isInstanceOf(SocketException.class);
    hosts.close();
  }

  @Test
  void aFailingDeviceFailsAllSocketsWithItsWords() throws Exception {
    TwoHosts hosts = new TwoHosts();
    HawserServerSocket server = hosts.listen(22);
    HawserSocket near = hosts.connect(22);
    HawserSocket far = server.accept();
    Running accepting = new Running(() -> "" + server.accept()).awaitBlocked();
    Running reading = new Running(() -> "" + far.getInputStream().read()).awaitBlocked();
    hosts.wire.other().failing = true;
    hosts.wire.other().wakeup();
    String words = "SocketException: the network stack has failed: the cable was cut";
    assertThat(accepting.result()).isEqualTo(words);
    assertThat(reading.result()).isEqualTo(words);
    assertThat(outcome(() -> far.getInputStream().read())).isEqualTo(words);
    assertThat(hosts.server.isOpen()).isFalse();
    near.close();
    hosts.close();
  }

  @Test
  void commandsOfThePathManagerAndAddresses() throws Exception {
    try (TwoHosts hosts = new TwoHosts()) {
      hosts.client.addAddress(IpAddress.parse("10.9.1.1"));
      hosts.client.execute("limits set subflows 4 add_addr_accepted 4");
      hosts.client.execute("endpoint add 10.9.1.1 subflow");
      assertThat(hosts.client.execute("endpoint show")).contains("10.9.1.1 id 1 subflow");
      assertThatThrownBy(() -> hosts.client.execute("endpoint add 10.9.1.1 id 1 subflow"))
          .isInstanceOf(PmException.class);
      hosts.client.removeAddress(IpAddress.parse("10.9.1.1"));
      assertThat(hosts.client.addresses()).hasSize(2);
    }
  }

  @Test
  void aSecondSubflowCarriesBytesOfOneSocket() throws Exception {
    try (TwoHosts hosts = new TwoHosts();
        HawserServerSocket server = hosts.listen(23)) {
      hosts.client.addAddress(IpAddress.parse("10.9.1.1"));
      hosts.client.execute("limits set subflows 4 add_addr_accepted 4");
      hosts.client.execute("endpoint add 10.9.1.1 subflow");
      hosts.server.execute("limits set subflows 4 add_addr_accepted 4");
      try (HawserSocket near = hosts.connect(23);
          HawserSocket far = server.accept()) {
        Running reading = new Running(() -> "" + far.getInputStream().readNBytes(20 << 20).length);
        near.getOutputStream().write(new byte[20 << 20]);
        assertThat(reading.result()).isEqualTo("" + (20 << 20));
        assertThat(near.stats().subflows()).hasSize(2);
        assertThat(near.stats().subflows()).allMatch(s -> s.bytesSent() > 0);
      }
    }
  }

  @Test
  void aListenerOnTheStackItselfHearsNews() throws Exception {
    try (TwoHosts hosts = new TwoHosts()) {
      StringBuffer heard = new StringBuffer();
      StackLoop loop = hosts.server.loop();
      Object made =
          loop.call((stack, nowNs) -> {
            var listener =
                stack.listen(
                    new Endpoint(IpAddress.parse(TwoHosts.SERVER), 24), 5, hosts.server.defaults());
            NewsListener news = what -> heard.append(what);
            listener.attach(news);
            return listener;
          });
      assertThat(made).isNotNull();
      try (HawserSocket s = hosts.connect(24)) {
        s.getOutputStream().write(1);
        while (heard.isEmpty()) {
          Thread.onSpinWait();
        }
      }
      assertThat(heard.toString()).startsWith("16");
    }
  }
}
