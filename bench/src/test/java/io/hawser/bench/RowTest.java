package io.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RowTest {
  private static final Goal MORE = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal LESS = Goal.atMost(150, 60, 20);

  @Test
  void level_ofAFigure_isTheHighestMarkItReaches() {
    assertThat(MORE.level(0.349)).isEqualTo(Level.BELOW);
    assertThat(MORE.level(0.35)).isEqualTo(Level.MUST);
    assertThat(MORE.level(0.6)).isEqualTo(Level.HARD);
    assertThat(MORE.level(2)).isEqualTo(Level.EXTREME);
    assertThat(LESS.level(151)).isEqualTo(Level.BELOW);
    assertThat(LESS.level(60)).isEqualTo(Level.HARD);
    assertThat(LESS.level(0)).isEqualTo(Level.EXTREME);
    assertThat(MORE.level(Double.NaN)).isEqualTo(Level.BELOW);
    assertThat(LESS.level(Double.NaN)).isEqualTo(Level.BELOW);
  }

  @Test
  void goal_marksInTheWrongOrder_areRefused() {
    assertThatThrownBy(() -> Goal.atLeast(0.6, 0.35, 0.85))
        .hasMessageContaining("marks out of order");
    assertThatThrownBy(() -> Goal.atMost(20, 60, 150)).hasMessageContaining("marks out of order");
  }

  @Test
  void spread_ofEvenAndOddCounts_hasTheMedianAndRange() {
    assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(3, 2, 1, 3));
    assertThat(Spread.of(4, 1, 2, 3)).isEqualTo(new Spread(4, 2.5, 1, 4));
    assertThatThrownBy(Spread::of).hasMessageContaining("no figures");
  }

  @Test
  void row_belowWhatIsRequired_failsAndSaysBothFigures() {
    Row row = Row.ratio("goodput", "Gbit/s", Spread.of(10), Spread.of(5), MORE, Level.HARD);

    assertThat(row.holds()).isFalse();
    assertThat(row.reached()).isEqualTo(Level.MUST);
    assertThat(row.toString()).contains("measured 0.500 / bound at least 0.600 (hard)  FAILED");
    assertThat(row.json())
        .contains("\"measured\":0.5000", "\"holds\":false", "\"reached\":\"must\"");
  }

  @Test
  void row_atItsBound_holds() {
    Row row = Row.figure("stall", "ms", null, Spread.of(60), LESS, Level.HARD);

    assertThat(row.holds()).isTrue();
    assertThat(row.toString()).contains("measured 60.000 / bound at most 60.000 (hard)  ok");
    assertThat(row.json()).contains("\"kernel\":null");
  }
}
