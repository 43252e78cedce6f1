package io.hawser.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.buffer.SendBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When lost parts of one mapping become one range again. */
class TxRangeTest {
  private static TxRange[] lostParts() {
    TxRange first = new TxRange();
    first.map(1, 0, 1000, 1000);
    first.lost = true;
    TxRange second = new TxRange();
    first.splitInto(second, 600);
    return new TxRange[] {first, second};
  }

  @Test
  void bothLost_joined() {
    TxRange[] parts = lostParts();
    assertThat(parts[0].join(parts[1])).isTrue();
    assertThat(parts[0].length).isEqualTo(1000);
  }

  @Test
  void oneNotLostOrOfAnotherMapping_stay() {
    TxRange[] parts = lostParts();
    parts[1].lost = false;
    assertThat(parts[0].join(parts[1])).isFalse();
    parts[1].lost = true;
    parts[1].mapSsn = 601;
    assertThat(parts[0].join(parts[1])).isFalse();
    assertThat(parts[0].length).isEqualTo(600);
  }

  /** Copies made at different times may have others between them. */
  @ParameterizedTest
  @CsvSource({"600, true", "900, false", "0, false"})
  void ownCopies_joinedOnlyWhereOneFollowsTheOther(long secondAt, boolean joined) {
    try (ChunkPool pool = new ChunkPool()) {
      SendBuffer copies = new SendBuffer(pool, 4096);
      TxRange[] parts = lostParts();
      parts[0].own = copies;
      assertThat(parts[0].join(parts[1])).as("one copied, one not").isFalse();
      parts[1].own = copies;
      parts[1].ownOffset = secondAt;
      assertThat(parts[0].join(parts[1])).isEqualTo(joined);
      copies.close();
    }
  }
}
