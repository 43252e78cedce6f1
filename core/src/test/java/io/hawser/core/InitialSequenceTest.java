package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Initial sequence numbers (RFC 6528) and ports (RFC 6056). */
class InitialSequenceTest {
  private static final Endpoint HERE = new Endpoint(IpAddress.parse("10.0.0.1"), 1000);

  private static Endpoint there(int port) {
    return new Endpoint(IpAddress.parse("10.0.0.2"), port);
  }

  @Test
  void sameFourTuple_growsByAQuarterOfAMillionASecond() {
    InitialSequence isn = new InitialSequence(1, 2);
    int first = isn.of(HERE, there(80), 5_000_000_000L);
    assertThat(isn.of(HERE, there(80), 5_000_000_000L)).isEqualTo(first);
    assertThat(isn.of(HERE, there(80), 6_000_000_000L) - first).isEqualTo(250_000);
  }

  @Test
  void anotherFourTupleOrSecret_isUnrelated() {
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(new InitialSequence(1, 2).of(HERE, there(i), 0));
      seen.add(new InitialSequence(1, 3 + i).of(HERE, there(80), 0));
    }
    assertThat(seen).hasSize(2000);
    int close = 0;
    InitialSequence isn = new InitialSequence(new Random(1).nextLong(), 9);
    for (int i = 0; i < 1000; i++) {
      int apart = isn.of(HERE, there(i), 0) - isn.of(HERE, there(i + 1), 0);
      close += Math.abs((long) apart) < 1 << 24 ? 1 : 0;
    }
    assertThat(close).as("about 8 by chance").isLessThan(30);
  }

  @Test
  void timestamps_beginWhereTheFourTupleSays() {
    InitialSequence isn = new InitialSequence(4, 5);
    int first = isn.timestampOffset(HERE, there(80));
    isn.of(HERE, there(80), 77);
    assertThat(isn.timestampOffset(HERE, there(80))).isEqualTo(first);
    assertThat(isn.timestampOffset(HERE, there(81))).isNotEqualTo(first);
    assertThat(isn.of(HERE, there(80), 0)).isNotEqualTo(first);
  }
}
