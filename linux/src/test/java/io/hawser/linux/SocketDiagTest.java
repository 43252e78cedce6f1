package io.hawser.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hawser.wire.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections as sock_diag lists them, against what their own sockets tell. */
@NeedsNetworkNamespaces
@Timeout(60)
class SocketDiagTest {
  private static final int BYTES = 300_000;

  private TwoPaths rig;

  @BeforeEach
  void open() {
    rig = new TwoPaths();
  }

  @AfterEach
  void end() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void connections_twoSubflows_areThoseOfTheSocketItself(boolean v6) throws IOException {
    String remote = TwoPaths.address(v6, 2, 2).toString();
    new Ip(rig.server).mptcp("endpoint add " + remote + " id 4 dev hwns2 signal");
    try (TwoPaths.Pair pair = rig.connect(v6, true);
        SocketDiag here = SocketDiag.open(rig.client);
        SocketDiag there = SocketDiag.open(rig.server)) {
      KernelConnection seen = twoSubflows(here);
      pair.pass(BYTES);
      awaitAcknowledged(pair);
      long ackedBefore = ackedByFullInfo(pair);
      seen = here.connections().getFirst();
      // Copies of bytes that were sent on both paths may be acknowledged meanwhile.
      assertThat(acknowledged(seen)).isBetween(ackedBefore, ackedByFullInfo(pair));
      MptcpInfo own = pair.clientEnd.mptcpInfo();
      assertThat(seen.token()).isEqualTo(own.token());
      assertThat(seen.state()).isEqualTo(TcpInfo.ESTABLISHED);
      assertThat(seen.local()).isEqualTo(pair.clientEnd.local());
      assertThat(seen.remote()).isEqualTo(TwoPaths.serverAt(v6, 1));
      assertThat(seen.inode()).isPositive();
      assertThat(seen.info().bytesSent()).isEqualTo(1000 + BYTES);

      KernelConnection accepted = there.connections().getFirst();
      assertThat(accepted.token()).isEqualTo(pair.serverEnd.mptcpInfo().token());
      assertThat(accepted.info().bytesReceived()).isEqualTo(1000 + BYTES);
      assertThat(accepted.subflows()).hasSize(2);
      // Their payloads together are the connection's bytes, but for what was sent twice.
      assertThat(received(accepted)).isBetween(1000L + BYTES, 2L * BYTES);

      for (KernelSubflow subflow : seen.subflows()) {
        // The kernel notes the peer's token with the subflows that it joined by itself only.
        assertThat(subflow.remoteToken()).isEqualTo(subflow.initial() ? 0 : accepted.token());
        assertThat(subflow.tcp().state()).isEqualTo(TcpInfo.ESTABLISHED);
        assertThat(subflow.tcp().info().rttMicros()).isPositive();
        assertThat(subflow.tcp().info().cwndSegments()).isPositive();
        assertThat(subflow.backup()).isFalse();
      }
      assertThat(seen.subflows())
          .filteredOn(KernelSubflow::initial)
          .extracting(one -> one.tcp().remote())
          .containsExactly(TwoPaths.serverAt(v6, 1));
      assertThat(seen.subflows())
          .filteredOn(one -> !one.initial())
          .extracting(one -> one.tcp().remote(), KernelSubflow::remoteId)
          .containsExactly(tuple(TwoPaths.serverAt(v6, 2), 4));
    }
  }

  private static long received(KernelConnection connection) {
    return connection.subflows().stream().mapToLong(s -> s.tcp().info().bytesReceived()).sum();
  }

  private static long acknowledged(KernelConnection connection) {
    return connection.subflows().stream().mapToLong(s -> s.tcp().info().bytesAcked()).sum();
  }

  private static long ackedByFullInfo(TwoPaths.Pair pair) {
    return pair.clientEnd.subflows().stream().mapToLong(s -> s.tcp().bytesAcked()).sum();
  }

  private static void awaitAcknowledged(TwoPaths.Pair pair) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (ackedByFullInfo(pair) < 1000 + BYTES && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static KernelConnection twoSubflows(SocketDiag diag) throws IOException {
    long end = System.nanoTime() + 10_000_000_000L;
    List<KernelConnection> all = diag.connections();
    while (System.nanoTime() < end) {
      if (all.size() == 1 && all.getFirst().subflows().size() == 2) {
        return all.getFirst();
      }
      LockSupport.parkNanos(1_000_000);
      all = diag.connections();
    }
    throw new AssertionError("no connection with two subflows but " + all);
  }

  @Test
  void backupEndpoint_marksItsSubflow() throws IOException {
    new Ip(rig.server).mptcp("endpoint add 10.78.2.2 id 4 dev hwns2 signal backup");
    try (TwoPaths.Pair _ = rig.connect(false, true);
        SocketDiag there = SocketDiag.open(rig.server)) {
      KernelConnection seen = twoSubflows(there);
      assertThat(seen.subflows())
          .filteredOn(KernelSubflow::backup)
          .extracting(one -> one.tcp().local().address())
          .containsExactly(TwoPaths.address(false, 2, 2));
    }
  }

  @Test
  void tcp_plainConnection_isListedAndIsNoSubflow() throws IOException {
    try (TwoPaths.Pair pair = rig.connect(false, false);
        SocketDiag here = SocketDiag.open(rig.client)) {
      assertThat(here.connections()).isEmpty();
      assertThat(here.subflows()).isEmpty();
      KernelTcpSocket only = here.tcp().getFirst();
      assertThat(only.local()).isEqualTo(pair.clientEnd.local());
      Endpoint server = TwoPaths.serverAt(false, 1);
      assertThat(only.remote()).isEqualTo(server);
      assertThat(only.info().bytesSent()).isEqualTo(1000);
      assertThat(here.tcp()).hasSize(1);
    }
  }
}
