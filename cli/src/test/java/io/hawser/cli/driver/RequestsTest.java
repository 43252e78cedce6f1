package io.hawser.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.sim.PipeDevice;
import io.hawser.socket.Hawser;
import io.hawser.wire.BufferPool;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two drivers whose stacks are joined by a pipe. */
@Timeout(30)
class RequestsTest {
  private static final String CLIENT = "10.1.0.1";
  private static final String SERVER = "10.1.0.2";
  private static final String HELLO = "68656c6c6f";

  private final BufferPool pool = new BufferPool();
  private final PipeDevice.Pair pipe = PipeDevice.pair(pool, 1500, 1024);
  private final Hawser clientStack =
      Hawser.over(pipe.first(), IpAddress.parse(CLIENT), IpAddress.parse("fd00::1"));
  private final Hawser serverStack =
      Hawser.over(pipe.second(), IpAddress.parse(SERVER), IpAddress.parse("fd00::2"));
  private final ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor();
  private Requests client = driver(clientStack);
  private Requests server = driver(serverStack);

  private static Requests driver(Hawser stack) {
    try {
      return new Requests(stack, ConnectionConfig.multipathDefaults(), "test");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() {
    assertThat(server.answer("socket inet stream mptcp")).isEqualTo("ok 3");
    assertThat(server.answer("bind 3 0.0.0.0 80")).isEqualTo("ok");
    assertThat(server.answer("listen 3 5")).isEqualTo("ok");
  }

  @AfterEach
  void close() {
    sessions.shutdownNow();
    clientStack.close();
    serverStack.close();
    pool.close();
  }

  private Future<String> later(Requests driver, String line) {
    return sessions.submit(() -> driver.answer(line));
  }

  private static String get(Future<String> reply) {
    try {
      return reply.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Descriptor 3 of the client and 4 of the server become one connection. */
  private void connected(String protocol) {
    assertThat(client.answer("socket inet stream " + protocol)).isEqualTo("ok 3");
    Future<String> accepted = later(server, "accept 3");
    assertThat(client.answer("connect 3 " + SERVER + " 80")).isEqualTo("ok");
    assertThat(get(accepted)).startsWith("ok 4 " + CLIENT + " ");
  }

  @Test
  void hello_tellsNameAndFeatures() {
    assertThat(client.answer("hello")).startsWith("ok hawser test ").contains("mptcp");
  }

  @Test
  void unknownThings_haveLinuxErrors() {
    assertThat(client.answer("read 9 1 -")).startsWith("err EBADF");
    assertThat(client.answer("nonsense 3")).startsWith("err E");
    assertThat(client.answer("socket inet dgram tcp")).startsWith("err ENOSYS");
    assertThat(client.answer("sysctl net.ipv4.no_such 1")).startsWith("err ENOENT");
    assertThat(client.answer("pm endpoint delete id 9")).startsWith("err ");
    assertThat(server.answer("setopt 3 tcp NO_SUCH 1")).startsWith("err ENOPROTOOPT");
    assertThat(server.answer("setopt 3 #6 #99 1")).startsWith("err ENOPROTOOPT");
    assertThat(server.answer("setopt 3 tcp CONGESTION str:nonsense")).startsWith("err ENOENT");
  }

  @Test
  void unconnected_readWriteShutdown_fail() {
    client.answer("socket inet stream mptcp");
    assertThat(client.answer("read 3 1 -")).startsWith("err ENOTCONN");
    assertThat(client.answer("write 3 00 -")).startsWith("err EPIPE");
    assertThat(client.answer("shutdown 3 wr")).startsWith("err ENOTCONN");
    assertThat(client.answer("shutdown 3 bad")).startsWith("err EINVAL");
    assertThat(client.answer("peer 3")).startsWith("err ENOTCONN");
    assertThat(client.answer("name 3")).isEqualTo("ok 0.0.0.0 0");
    assertThat(client.answer("poll 0 3:in,out")).isEqualTo("ok 1 3:out,hup");
  }

  @Test
  void bind_takenOrForeign_fails() {
    server.answer("socket inet stream tcp");
    assertThat(server.answer("bind 4 0.0.0.0 80")).startsWith("err EADDRINUSE");
    assertThat(server.answer("bind 4 10.9.9.9 81")).startsWith("err EADDRNOTAVAIL");
    assertThat(server.answer("bind 4 " + SERVER + " 81")).isEqualTo("ok");
    assertThat(server.answer("bind 4 " + SERVER + " 82")).startsWith("err EINVAL");
    assertThat(server.answer("accept 4")).startsWith("err EINVAL");
  }

  @Test
  void connected_bytesHalfCloseAndEnd() {
    connected("mptcp");
    assertThat(client.answer("getopt 3 mptcp INFO")).startsWith("ok mptcp=1 ");
    assertThat(client.answer("getopt 3 tcp INFO")).startsWith("ok state=1 ").contains(" rtt=");
    assertThat(client.answer("write 3 " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(server.answer("poll -1 4:in")).isEqualTo("ok 1 4:in");
    assertThat(server.answer("read 4 100 peek")).isEqualTo("ok 5 " + HELLO);
    assertThat(server.answer("read 4 5 waitall")).isEqualTo("ok 5 " + HELLO);
    assertThat(server.answer("read 4 5 dontwait")).startsWith("err EAGAIN");
    assertThat(client.answer("shutdown 3 wr")).isEqualTo("ok");
    assertThat(server.answer("read 4 5 -")).isEqualTo("ok 0");
    assertThat(client.answer("write 3 00 -")).startsWith("err EPIPE");
    assertThat(server.answer("writez 4 100000 -")).isEqualTo("ok 100000");
    assertThat(client.answer("read 3 100000 waitall")).startsWith("ok 100000 00");
    assertThat(server.answer("close 4")).isEqualTo("ok");
    assertThat(client.answer("read 3 1 -")).isEqualTo("ok 0");
    assertThat(client.answer("close 3")).isEqualTo("ok");
  }

  @Test
  void plainTcp_toMultipathListener_isPlain() {
    connected("tcp");
    assertThat(server.answer("getopt 4 mptcp INFO")).startsWith("ok mptcp=0 ");
    assertThat(server.answer("getopt 4 tcp IS_MPTCP")).isEqualTo("ok 0");
    assertThat(client.answer("write 3 " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(server.answer("read 4 5 waitall")).isEqualTo("ok 5 " + HELLO);
  }

  @Test
  void lingerZero_close_resetsPeerOnceThenEnd() {
    connected("mptcp");
    assertThat(client.answer("setopt 3 socket LINGER 1,0")).isEqualTo("ok");
    assertThat(client.answer("getopt 3 socket LINGER")).isEqualTo("ok 1,0");
    assertThat(client.answer("close 3")).isEqualTo("ok");
    assertThat(server.answer("read 4 1 -")).startsWith("err ECONNRESET");
    assertThat(server.answer("read 4 1 -")).isEqualTo("ok 0");
    assertThat(server.answer("write 4 00 -")).startsWith("err EPIPE");
  }

  @Test
  void unreadData_close_resets() {
    connected("tcp");
    assertThat(client.answer("write 3 " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(server.answer("poll -1 4:in")).isEqualTo("ok 1 4:in");
    assertThat(server.answer("close 4")).isEqualTo("ok");
    assertThat(client.answer("read 3 1 -")).startsWith("err ECONNRESET");
  }

  @Test
  void nonblockingConnect_tellsItsResultOnce() {
    client.answer("socket inet stream mptcp");
    assertThat(client.answer("nonblock 3 1")).isEqualTo("ok");
    assertThat(client.answer("connect 3 " + SERVER + " 80")).startsWith("err EINPROGRESS");
    assertThat(client.answer("poll -1 3:out")).isEqualTo("ok 1 3:out");
    assertThat(client.answer("getopt 3 socket ERROR")).isEqualTo("ok 0");
    assertThat(client.answer("connect 3 " + SERVER + " 80")).isEqualTo("ok");
    assertThat(client.answer("connect 3 " + SERVER + " 80")).startsWith("err EISCONN");
    assertThat(client.answer("disconnect 3")).isEqualTo("ok");
    assertThat(client.answer("read 3 1 -")).startsWith("err ENOTCONN");
  }

  @Test
  void nothingListens_connect_isRefused() {
    client.answer("socket inet stream mptcp");
    assertThat(client.answer("connect 3 " + SERVER + " 81")).startsWith("err ECONNREFUSED");
    client.answer("nonblock 3 1");
    assertThat(client.answer("connect 3 " + SERVER + " 81")).startsWith("err EINPROGRESS");
    assertThat(client.answer("poll -1 3:in")).startsWith("ok 1 3:").contains("err", "hup");
    assertThat(client.answer("getopt 3 #1 #4")).isEqualTo("ok 111");
    assertThat(client.answer("getopt 3 socket ERROR")).isEqualTo("ok 0");
  }

  @Test
  void blockedCalls_endWhenAnotherSessionCloses() {
    connected("mptcp");
    Future<String> read = later(server, "read 4 1 -");
    Future<String> accept = later(server, "accept 3");
    assertThat(server.answer("close 4")).isEqualTo("ok");
    assertThat(server.answer("close 3")).isEqualTo("ok");
    assertThat(get(read)).startsWith("err EBADF");
    assertThat(get(accept)).startsWith("err EBADF");
  }

  @Test
  void readTimeout_isAgain() {
    connected("mptcp");
    assertThat(client.answer("setopt 3 socket RCVTIMEO 50000")).isEqualTo("ok");
    assertThat(client.answer("read 3 1 -")).startsWith("err EAGAIN");
    assertThat(client.answer("poll 20 3:in")).isEqualTo("ok 0");
  }

  @Test
  void nonblockingWrite_takesWhatFits() {
    connected("tcp");
    client.answer("nonblock 3 1");
    assertThat(client.answer("writez 3 100000000 -")).matches("ok [1-9][0-9]{4,8}");
    assertThat(client.answer("ioctl 3 outq")).matches("ok [0-9]+");
  }

  @Test
  void inet6_takesMappedAddressesAndItsOwn() {
    server.answer("socket inet6 stream mptcp");
    assertThat(server.answer("bind 4 :: 90")).isEqualTo("ok");
    assertThat(server.answer("listen 4 5")).isEqualTo("ok");
    assertThat(client.answer("socket inet6 stream mptcp")).isEqualTo("ok 3");
    assertThat(client.answer("connect 3 ::ffff:" + SERVER + " 90")).isEqualTo("ok");
    assertThat(client.answer("peer 3")).isEqualTo("ok ::ffff:" + SERVER + " 90");
    assertThat(server.answer("accept 4")).startsWith("ok 5 ::ffff:" + CLIENT + " ");
    client.answer("socket inet6 stream mptcp");
    assertThat(client.answer("connect 4 fd00::2 90")).isEqualTo("ok");
    assertThat(server.answer("accept 4")).startsWith("ok 6 fd00::1 ");
    client.answer("socket inet stream mptcp");
    assertThat(client.answer("connect 5 fd00::2 90")).startsWith("err EAFNOSUPPORT");
  }

  @Test
  void options_areRememberedInLinuxsUnits() {
    client.answer("socket inet stream mptcp");
    assertThat(client.answer("setopt 3 tcp NODELAY 7")).isEqualTo("ok");
    assertThat(client.answer("getopt 3 tcp NODELAY")).isEqualTo("ok 1");
    assertThat(client.answer("setopt 3 socket SNDBUF 100000")).isEqualTo("ok");
    assertThat(client.answer("getopt 3 socket SNDBUF")).isEqualTo("ok 200000");
    assertThat(client.answer("setopt 3 tcp KEEPIDLE 0")).startsWith("err EINVAL");
    assertThat(client.answer("getopt 3 ip TTL")).isEqualTo("ok 64");
    assertThat(client.answer("setopt 3 #0 #2 33")).isEqualTo("ok");
    assertThat(client.answer("getopt 3 ip TTL")).isEqualTo("ok 33");
    assertThat(client.answer("getopt 3 socket PROTOCOL")).isEqualTo("ok 262");
    assertThat(client.answer("setopt 3 socket TYPE 1")).startsWith("err ENOPROTOOPT");
    assertThat(client.answer("sysctl net.mptcp.enabled 0")).isEqualTo("ok");
    assertThat(client.answer("socket inet stream mptcp")).startsWith("err ENOPROTOOPT");
    assertThat(client.answer("sysctl tcp_rmem \"4096 540000 15728640\"")).isEqualTo("ok");
    assertThat(client.answer("sysctl tcp_rmem")).isEqualTo("ok 4096 540000 15728640");
  }

  @Test
  void pathManager_secondSubflowAndPriority() {
    assertThat(client.answer("addr add 10.1.1.1/24")).isEqualTo("ok");
    assertThat(client.answer("pm limits set subflow 2 add_addr_accepted 2")).isEqualTo("ok");
    assertThat(server.answer("pm limits set subflows 2 add_addr_accepted 2")).isEqualTo("ok");
    assertThat(client.answer("pm endpoint add 10.1.1.1 id 3 dev eth9 subflow")).isEqualTo("ok");
    connected("mptcp");
    assertThat(client.answer("write 3 " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(server.answer("read 4 5 waitall")).isEqualTo("ok 5 " + HELLO);
    assertThat(server.answer("write 4 " + HELLO + " -")).isEqualTo("ok 5");
    assertThat(client.answer("read 3 5 waitall")).isEqualTo("ok 5 " + HELLO);
    String info = server.answer("getopt 4 mptcp INFO");
    for (int tries = 0; tries < 1000 && !info.contains("subflows=1"); tries++) {
      server.answer("poll 5 4:in");
      info = server.answer("getopt 4 mptcp INFO");
    }
    assertThat(info).contains("subflows=1");
    assertThat(client.answer("pm endpoint change id 3 backup")).isEqualTo("ok");
    assertThat(client.answer("pm endpoint flush")).isEqualTo("ok");
  }
}
