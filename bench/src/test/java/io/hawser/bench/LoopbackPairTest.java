package io.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.ConnectionStats;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.HawserSocket;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the two stacks have what the rows say: MPTCP, and two subflows that both carry data. */
class LoopbackPairTest {
  private static final long TRANSFER_NS = 1_000_000_000L;
  private static final long LONGEST_NS = 10_000_000_000L;
  private static final long STEP_NS = 5_000_000L;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @NeedsNetworkNamespaces
  void transfer_betweenTwoStacks_usesBothSubflows(boolean offload) throws Exception {
    try (LoopbackPair pair = new LoopbackPair(offload, "cubic")) {
      HawserSocket from = pair.connect();
      Stream to = pair.accept();
      try (Background _ =
          Background.start(
              "test-transfer",
              () -> {
                Transfer.Result _ = Transfer.run(Stream.of(from), to, TRANSFER_NS);
              })) {
        long endNs = System.nanoTime() + LONGEST_NS;
        long carrying = carrying(from);
        while (carrying < 2 && System.nanoTime() < endNs) {
          LockSupport.parkNanos(STEP_NS);
          carrying = carrying(from);
        }
        assertThat(from.multipath()).isTrue();
        assertThat(carrying).as("subflows that carry data").isEqualTo(2);
      }
    }
  }

  private static long carrying(HawserSocket socket) throws IOException {
    ConnectionStats stats = socket.stats();
    return stats.subflows().stream().filter(subflow -> subflow.bytesSent() > 100_000).count();
  }
}
