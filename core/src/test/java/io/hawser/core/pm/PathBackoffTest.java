package io.hawser.core.pm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import org.junit.jupiter.api.Test;

class PathBackoffTest {
  private static final long S = 1_000_000_000L;
  private static final IpAddress LOCAL = IpAddress.parse("10.0.0.1");
  private static final Endpoint REMOTE = new Endpoint(IpAddress.parse("10.9.0.1"), 80);

  private final PathBackoff backoff = new PathBackoff(S, 60 * S);

  @Test
  void unknownPath_doesNotRest() {
    assertThat(backoff.resting(LOCAL, REMOTE, 0)).isFalse();
    assertThat(backoff.nextNs(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void failsAgainAndAgain_restsDoubleToTheLongest() {
    long now = 0;
    for (long rest : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      backoff.failed(LOCAL, REMOTE, now);
      assertThat(backoff.nextNs(now)).isEqualTo(now + rest * S);
      assertThat(backoff.resting(LOCAL, REMOTE, now + rest * S - 1)).isTrue();
      assertThat(backoff.resting(LOCAL, REMOTE, now + rest * S)).isFalse();
      now += rest * S;
    }
  }

  @Test
  void cameUpButDiedSoon_restsGoOnDoubling() {
    backoff.failed(LOCAL, REMOTE, 0);
    backoff.opened(LOCAL, REMOTE, S);
    backoff.failed(LOCAL, REMOTE, S + S / 2);
    assertThat(backoff.nextNs(2 * S)).isEqualTo(S + S / 2 + 2 * S);
  }

  @Test
  void livedLong_beginsAfresh() {
    backoff.failed(LOCAL, REMOTE, 0);
    backoff.failed(LOCAL, REMOTE, S);
    backoff.opened(LOCAL, REMOTE, 3 * S);
    backoff.failed(LOCAL, REMOTE, 10 * S);
    assertThat(backoff.nextNs(10 * S)).isEqualTo(11 * S);
  }

  @Test
  void refused_restsLongUntilForgotten() {
    backoff.refused(LOCAL, REMOTE, 0);
    backoff.hurry(2 * S);
    assertThat(backoff.resting(LOCAL, REMOTE, 60 * S - 1)).isTrue();
    assertThat(backoff.resting(LOCAL, REMOTE, 60 * S)).isFalse();
    backoff.forget(REMOTE.address());
    assertThat(backoff.resting(LOCAL, REMOTE, 0)).isFalse();
  }

  @Test
  void nothingElseLeft_failedOnesAreTriedSoon() {
    for (int i = 0; i < 6; i++) {
      backoff.failed(LOCAL, REMOTE, 0);
    }
    assertThat(backoff.nextNs(0)).isEqualTo(32 * S);
    backoff.hurry(2 * S);
    assertThat(backoff.nextNs(0)).isEqualTo(2 * S);
    backoff.failed(LOCAL, REMOTE, 2 * S);
    assertThat(backoff.nextNs(2 * S)).as("it goes on doubling").isEqualTo(62 * S);
  }

  @Test
  void otherPath_isNotConcerned() {
    backoff.failed(LOCAL, REMOTE, 0);
    assertThat(backoff.resting(LOCAL, new Endpoint(REMOTE.address(), 81), 0)).isFalse();
    assertThat(backoff.resting(IpAddress.ANY4, REMOTE, 0)).isFalse();
  }
}
