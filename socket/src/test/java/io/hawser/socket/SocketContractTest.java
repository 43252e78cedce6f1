package io.hawser.socket;

import static io.hawser.socket.Network.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.socket.Network.Pair;
import io.hawser.socket.Network.Running;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every behaviour must have the same outcome on the JDK's sockets and on ours. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SocketContractTest {
  private interface Behaviour {
    Object of(Network network) throws Exception;
  }

  private static final Map<String, Behaviour> TABLE = new TreeMap<>();

  static {
    TABLE.put("new socket: state", n -> state(n.socket()));
    TABLE.put("new socket: streams", SocketContractTest::streamsOfNew);
    TABLE.put("connected: state", SocketContractTest::stateConnected);
    TABLE.put("connect: refused", SocketContractTest::refused);
    TABLE.put("connect: twice", SocketContractTest::connectTwice);
    TABLE.put("connect: after close", SocketContractTest::connectAfterClose);
    TABLE.put("connect: unresolved", SocketContractTest::connectUnresolved);
    TABLE.put("bind: any port", SocketContractTest::bindAnyPort);
    TABLE.put("bind: twice", SocketContractTest::bindTwice);
    TABLE.put("bind: foreign address", SocketContractTest::bindForeign);
    TABLE.put("bind: in use", SocketContractTest::bindInUse);
    TABLE.put("bind: free again after close", SocketContractTest::bindAfterClose);
    TABLE.put("accept: timeout", SocketContractTest::acceptTimeout);
    TABLE.put("accept: closed meanwhile", SocketContractTest::acceptClosed);
    TABLE.put("accept: virtual thread interrupted", SocketContractTest::acceptInterrupted);
    TABLE.put("accept: unbound or closed", SocketContractTest::acceptUnready);
    TABLE.put("read: timeout, and the socket lives", SocketContractTest::readTimeout);
    TABLE.put("read: closed meanwhile", SocketContractTest::readClosed);
    TABLE.put("read: virtual thread interrupted", SocketContractTest::readInterrupted);
    TABLE.put("read: platform thread interrupted", SocketContractTest::readInterruptedPlatform);
    TABLE.put("read: nothing, and bad ranges", SocketContractTest::readRanges);
    TABLE.put("read: end, again and again", SocketContractTest::readEnd);
    TABLE.put("read: after shutdownInput", SocketContractTest::readShut);
    TABLE.put("read: blocked, shutdownInput", SocketContractTest::readShutMeanwhile);
    TABLE.put("write: after shutdownOutput", SocketContractTest::writeShut);
    TABLE.put("write: blocked, closed meanwhile", SocketContractTest::writeClosed);
    TABLE.put("write: virtual thread interrupted", SocketContractTest::writeInterrupted);
    TABLE.put("write: after the peer's reset", SocketContractTest::writeAfterReset);
    TABLE.put("half close: the other way goes on", SocketContractTest::halfClose);
    TABLE.put("close: linger 0 resets", SocketContractTest::lingerZero);
    TABLE.put("close: linger 5 returns when all is sent", SocketContractTest::lingerFive);
    TABLE.put("close: state and calls after", SocketContractTest::afterClose);
    TABLE.put("close: of a stream closes the socket", SocketContractTest::streamClose);
    TABLE.put("options: round trips", SocketContractTest::options);
    TABLE.put("options: unknown", SocketContractTest::unknownOption);
    TABLE.put("options: server", SocketContractTest::serverOptions);
  }

  static Stream<String> behaviours() {
    return TABLE.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("behaviours")
  void likeTheJdk(String name) {
    Behaviour behaviour = Objects.requireNonNull(TABLE.get(name));
    String expected;
    try (Network jdk = Network.jdk()) {
      expected = outcome(() -> behaviour.of(jdk));
    }
    try (Network ours = Network.hawser()) {
      assertThat(outcome(() -> behaviour.of(ours))).isEqualTo(expected);
    }
  }

  private static String state(Socket s) throws SocketException {
    return "bound "
        + s.isBound()
        + " connected "
        + s.isConnected()
        + " closed "
        + s.isClosed()
        + " in "
        + s.isInputShutdown()
        + " out "
        + s.isOutputShutdown()
        + " port "
        + (s.getPort() > 0)
        + " local "
        + Integer.signum(s.getLocalPort())
        + " remote "
        + (s.getRemoteSocketAddress() != null)
        + " channel "
        + s.getChannel();
  }

  private static String streamsOfNew(Network n) throws Exception {
    try (Socket s = n.socket()) {
      return outcome(s::getInputStream) + outcome(s::getOutputStream) + outcome(s::getLocalAddress);
    }
  }

  private static String stateConnected(Network n) throws Exception {
    try (Pair p = n.pair()) {
      boolean match =
          p.near().getLocalPort() == p.far().getPort()
              && p.near().getPort() == p.far().getLocalPort()
              && p.near().getLocalAddress().equals(p.far().getInetAddress())
              && p.near().getInetAddress().equals(n.serverAddress())
              && p.far().getLocalAddress().equals(n.serverAddress());
      return state(p.near()) + state(p.far()) + match;
    }
  }

  private static String refused(Network n) throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket server = n.listening()) {
      nobody = n.addressOf(server);
    }
    Socket s = n.socket();
    String what =
        outcome(() -> {
          s.connect(nobody);
          return "connected";
        });
    return what + s.isClosed() + s.isConnected();
  }

  private static String connectTwice(Network n) throws Exception {
    try (ServerSocket server = n.listening();
        Socket s = n.socket()) {
      s.connect(n.addressOf(server));
      return outcome(() -> {
        s.connect(n.addressOf(server));
        return "connected";
      });
    }
  }

  private static String connectAfterClose(Network n) throws Exception {
    Socket s = n.socket();
    s.close();
    return outcome(() -> {
      s.connect(new InetSocketAddress(n.serverAddress(), 1));
      return "connected";
    });
  }

  private static String connectUnresolved(Network n) throws Exception {
    Socket s = n.socket();
    return outcome(() -> {
      s.connect(InetSocketAddress.createUnresolved("no.such.host", 1));
      return "connected";
    })
        + s.isClosed();
  }

  private static String bindAnyPort(Network n) throws Exception {
    try (Socket s = n.socket()) {
      s.bind(null);
      return state(s);
    }
  }

  private static String bindTwice(Network n) throws Exception {
    try (Socket s = n.socket()) {
      s.bind(null);
      return outcome(() -> {
        s.bind(null);
        return "bound";
      });
    }
  }

  private static String bindForeign(Network n) throws Exception {
    try (Socket s = n.socket()) {
      return outcome(
              () -> {
                s.bind(new InetSocketAddress(TwoHosts.address("198.51.100.7"), 0));
                return "bound";
              })
          .replaceAll(" \\(.*\\)", "");
    }
  }

  private static String bindInUse(Network n) throws Exception {
    try (ServerSocket first = n.listening();
        ServerSocket second = n.server()) {
      String what =
          outcome(() -> {
            second.bind(n.addressOf(first));
            return "bound";
          });
      return what.replaceAll(" \\(.*\\)", "") + second.isBound();
    }
  }

  private static String bindAfterClose(Network n) throws Exception {
    InetSocketAddress address;
    try (ServerSocket first = n.listening()) {
      address = n.addressOf(first);
    }
    try (ServerSocket second = n.server()) {
      second.bind(address);
      return "bound " + second.isBound();
    }
  }

  private static String acceptTimeout(Network n) throws Exception {
    try (ServerSocket server = n.listening()) {
      server.setSoTimeout(30);
      return outcome(server::accept) + server.isClosed();
    }
  }

  private static String acceptClosed(Network n) throws Exception {
    ServerSocket server = n.listening();
    Running accepting = new Running(() -> "" + server.accept()).awaitBlocked();
    server.close();
    return accepting.result() + server.isClosed();
  }

  private static String acceptInterrupted(Network n) throws Exception {
    ServerSocket server = n.listening();
    Running accepting = new Running(() -> "" + server.accept()).awaitBlocked();
    accepting.thread.interrupt();
    return accepting.result() + server.isClosed();
  }

  private static String acceptUnready(Network n) throws Exception {
    ServerSocket server = n.server();
    String unbound = outcome(server::accept);
    server.close();
    return unbound + outcome(server::accept);
  }

  private static String readTimeout(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.near().setSoTimeout(30);
      String what = outcome(() -> p.near().getInputStream().read());
      p.far().getOutputStream().write(5);
      p.near().setSoTimeout(0);
      return what + p.near().getInputStream().read();
    }
  }

  private static String readClosed(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Running reading = new Running(() -> "" + p.near().getInputStream().read()).awaitBlocked();
      p.near().close();
      return reading.result();
    }
  }

  private static String readInterrupted(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Running reading = new Running(() -> "" + p.near().getInputStream().read()).awaitBlocked();
      reading.thread.interrupt();
      return reading.result() + p.near().isClosed();
    }
  }

  private static String readInterruptedPlatform(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Thread.currentThread().interrupt();
      Thread later = Thread.ofVirtual().start(() -> outcome(() -> write(p.far(), new byte[] {9})));
      String got = outcome(() -> p.near().getInputStream().read());
      boolean kept = Thread.interrupted();
      later.join();
      return got + kept + p.near().isClosed();
    }
  }

  private static Object write(Socket s, byte[] bytes) throws Exception {
    s.getOutputStream().write(bytes);
    return "wrote";
  }

  private static String readRanges(Network n) throws Exception {
    try (Pair p = n.pair()) {
      byte[] eight = new byte[8];
      return outcome(() -> p.near().getInputStream().read(eight, 0, 0))
          + outcome(() -> p.near().getInputStream().available())
          + outcome(() -> p.near().getInputStream().read(eight, 4, 5)).replaceAll(":.*", "");
    }
  }

  private static String readEnd(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.far().close();
      return "" + p.near().getInputStream().read() + p.near().getInputStream().read(new byte[4]);
    }
  }

  private static String readShut(Network n) throws Exception {
    try (Pair p = n.pair()) {
      var in = p.near().getInputStream();
      p.near().shutdownInput();
      return outcome(in::read)
          + outcome(in::available)
          + outcome(p.near()::getInputStream)
          + outcome(() -> {
            p.near().shutdownInput();
            return "again";
          })
          + state(p.near());
    }
  }

  private static String readShutMeanwhile(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Running reading = new Running(() -> "" + p.near().getInputStream().read()).awaitBlocked();
      p.near().shutdownInput();
      return reading.result();
    }
  }

  private static String writeShut(Network n) throws Exception {
    try (Pair p = n.pair()) {
      var out = p.near().getOutputStream();
      p.near().shutdownOutput();
      return outcome(() -> {
        out.write(1);
        return "wrote";
      })
          + outcome(p.near()::getOutputStream)
          + state(p.near());
    }
  }

  private static String writeClosed(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Running writing = new Running(() -> forever(p.near())).awaitBlocked();
      p.near().close();
      return writing.result();
    }
  }

  private static String writeInterrupted(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Running writing = new Running(() -> forever(p.near())).awaitBlocked();
      writing.thread.interrupt();
      return writing.result() + p.near().isClosed();
    }
  }

  private static String forever(Socket s) throws Exception {
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 1000; i++) {
      s.getOutputStream().write(block);
    }
    return "wrote all";
  }

  private static String writeAfterReset(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.far().setSoLinger(true, 0);
      p.far().close();
      String first = outcome(() -> p.near().getInputStream().read());
      String then =
          outcome(() -> forever(p.near())).replaceAll("Broken pipe|Connection reset.*", "is dead");
      return first + then;
    }
  }

  private static String halfClose(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.near().getOutputStream().write(new byte[] {1, 2, 3});
      p.near().shutdownOutput();
      byte[] got = p.far().getInputStream().readAllBytes();
      p.far().getOutputStream().write(new byte[100_000]);
      p.far().close();
      return got.length + " " + p.near().getInputStream().readAllBytes().length;
    }
  }

  private static String lingerZero(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.near().setSoLinger(true, 0);
      p.near().close();
      return outcome(() -> p.far().getInputStream().read());
    }
  }

  private static String lingerFive(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.near().setSoLinger(true, 5);
      p.near().getOutputStream().write(new byte[50_000]);
      Running reading = new Running(() -> "" + p.far().getInputStream().readAllBytes().length);
      Running closing = new Running(() -> reading.result() + closed(p.far()));
      long before = System.nanoTime();
      p.near().close();
      return closing.result() + (System.nanoTime() - before < 4_000_000_000L);
    }
  }

  private static String closed(Socket s) throws Exception {
    s.close();
    return " closed ";
  }

  private static String afterClose(Network n) throws Exception {
    Pair p = n.pair();
    Socket s = p.near();
    var in = s.getInputStream();
    var out = s.getOutputStream();
    p.close();
    s.close();
    return state(s)
        + outcome(in::read)
        + outcome(() -> in.read(new byte[0]))
        + outcome(in::available)
        + outcome(() -> write(s, new byte[1]))
        + outcome(() -> {
          out.write(1);
          return "wrote";
        })
        + outcome(s::getSoTimeout)
        + outcome(s::getTcpNoDelay)
        + outcome(s::getInputStream)
        + outcome(() -> s.getInetAddress().equals(n.serverAddress()));
  }

  private static String streamClose(Network n) throws Exception {
    try (Pair p = n.pair()) {
      p.near().getInputStream().close();
      p.far().getOutputStream().close();
      return "" + p.near().isClosed() + p.far().isClosed();
    }
  }

  private static String options(Network n) throws Exception {
    try (Pair p = n.pair()) {
      Socket s = p.near();
      String before = "" + s.getTcpNoDelay() + s.getSoLinger() + s.getSoTimeout();
      s.setTcpNoDelay(true);
      s.setSoLinger(true, 7);
      s.setSoTimeout(1234);
      s.setKeepAlive(true);
      s.setOption(StandardSocketOptions.SO_RCVBUF, 65_536);
      String after = "" + s.getTcpNoDelay() + s.getSoLinger() + s.getSoTimeout() + s.getKeepAlive();
      s.setSoLinger(false, 0);
      return before
          + after
          + s.getSoLinger()
          + s.getOption(StandardSocketOptions.TCP_NODELAY)
          + s.getOption(StandardSocketOptions.SO_LINGER)
          + (s.getReceiveBufferSize() > 0)
          + (s.getSendBufferSize() > 0)
          + outcome(() -> {
            s.setReceiveBufferSize(0);
            return "set";
          })
          + s.supportedOptions().contains(StandardSocketOptions.SO_KEEPALIVE);
    }
  }

  private static String unknownOption(Network n) throws Exception {
    SocketOption<Boolean> strange = StandardSocketOptions.IP_MULTICAST_LOOP;
    try (Socket s = n.socket()) {
      return outcome(() -> s.getOption(strange)) + outcome(() -> s.setOption(strange, true));
    }
  }

  private static String serverOptions(Network n) throws Exception {
    try (ServerSocket server = n.server()) {
      String before = "" + server.getReuseAddress() + server.isBound() + server.getLocalPort();
      server.bind(null);
      server.setSoTimeout(10);
      return before
          + server.isBound()
          + (server.getLocalPort() > 0)
          + server.getInetAddress().isAnyLocalAddress()
          + server.getSoTimeout()
          + server.supportedOptions().contains(StandardSocketOptions.SO_RCVBUF);
    }
  }
}
