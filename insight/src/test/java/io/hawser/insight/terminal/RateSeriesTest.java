package io.hawser.insight.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class RateSeriesTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void steadyGrowth_readUnevenly_isOneSpeed() {
    RateSeries series = new RateSeries(60 * SECOND);
    for (long ms : new long[] {0, 90, 700, 710, 1500, 3000, 3001, 4000}) {
      series.add(ms * 1_000_000, 1_000 * ms);
    }
    assertThat(Arrays.stream(series.rates(0, SECOND / 2, 8)))
        .allMatch(rate -> Math.abs(rate - 8e6) < 1);
    assertThat(series.now()).isEqualTo(8e6, within(1.0));
    assertThat(series.peak()).isEqualTo(8e6, within(1.0));
    assertThat(series.total()).isEqualTo(4_000_000);
    assertThat(series.rates(4 * SECOND, SECOND, 1)).containsExactly(Double.NaN);
  }

  @Test
  void counterThatBeginsAgain_andLateReadings_loseNothing() {
    RateSeries series = new RateSeries(60 * SECOND);
    series.add(SECOND, 500);
    series.add(2 * SECOND, 1500);
    series.add(3 * SECOND / 2, 99);
    series.add(3 * SECOND, 200);
    assertThat(series.total()).isEqualTo(1200);
    assertThat(series.now()).isEqualTo(1600, within(1e-6));
  }

  @RepeatedTest(20)
  void columns_addUpToWhatWasCounted() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    RateSeries series = new RateSeries(1000 * SECOND);
    long atNs = 0;
    long bytes = 0;
    series.add(0, 0);
    for (int i = 0; i < 300; i++) {
      atNs += 1 + random.nextLong(SECOND);
      bytes += random.nextLong(1_000_000);
      series.add(atNs, bytes);
    }
    int columns = 1 + random.nextInt(200);
    long step = Math.ceilDiv(atNs, columns);
    double[] rates = series.rates(0, step, columns);
    double counted = 0;
    for (int i = 0; i < columns; i++) {
      // The last columns may reach beyond what was read.
      double seconds = Math.max(0, Math.min((i + 1) * step, atNs) - i * step) / 1e9;
      counted += Double.isNaN(rates[i]) ? 0 : rates[i] / 8 * seconds;
    }
    assertThat(counted).as("seed " + seed).isEqualTo(bytes, within(1.0));
    assertThat(Arrays.stream(rates)).as("seed " + seed).noneMatch(rate -> rate < 0);
  }

  @Test
  void oldReadings_areDropped() {
    RateSeries series = new RateSeries(2 * SECOND);
    for (int i = 0; i < 100; i++) {
      series.add(i * SECOND, i * 1000L);
    }
    double[] rates = series.rates(90 * SECOND, SECOND, 9);
    assertThat(rates[0]).isNaN();
    assertThat(rates[8]).isEqualTo(8000, within(1e-6));
    assertThat(series.total()).isEqualTo(99_000);
  }
}
