package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The receive window follows the application's pace; 50 ms each way, no loss. */
class ReceiveWindowTest {
  private static final long MS = 1_000_000;
  private static final int FIRST = 256 << 10;

  private final MemorySegment some = MemorySegment.ofArray(new byte[1 << 20]);

  private static TwoStacks world() {
    TwoStacks w = new TwoStacks(31);
    w.delayNs = 50 * MS;
    return w;
  }

  private static Connection open(TwoStacks w, boolean multipath) {
    return w.connect(80, ConnectionConfig.multipathDefaults().withMultipath(multipath));
  }

  private static void end(TwoStacks w) {
    w.a.abortAll(w.nowNs);
    w.b.abortAll(w.nowNs);
    w.run(200 * MS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reader_keepsUp_windowGrows(boolean multipath) {
    try (TwoStacks w = world()) {
      Listener listener = w.listen(80);
      Connection a = open(w, multipath);
      w.run(300 * MS);
      Connection b = Objects.requireNonNull(w.accept(listener));
      long read = 0;
      long begun = w.nowNs;
      while (read < 40_000_000 && w.nowNs - begun < 20_000 * MS) {
        while (a.write(some, 0, 1 << 20) > 0) {
          a.wrote(w.nowNs);
        }
        w.run(2 * MS);
        for (int n = b.read(some, 0, 1 << 20); n > 0; n = b.read(some, 0, 1 << 20)) {
          read += n;
        }
        b.didRead(w.nowNs);
      }
      // The first window alone would take 40 MB / 256 KiB * 100 ms = 15 s.
      assertThat((w.nowNs - begun) / MS).isLessThan(4_000);
      end(w);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void reader_isSlow_littleIsHeld(boolean multipath) {
    try (TwoStacks w = world()) {
      Listener listener = w.listen(80);
      Connection a = open(w, multipath);
      w.run(300 * MS);
      Connection b = Objects.requireNonNull(w.accept(listener));
      for (int i = 0; i < 100; i++) {
        a.write(some, 0, 1 << 20);
        a.wrote(w.nowNs);
        w.run(50 * MS);
        b.read(some, 0, 5_000);
        b.didRead(w.nowNs);
        assertThat(b.readableBytes()).isLessThanOrEqualTo(FIRST + 5_000);
      }
      assertThat(b.readableBytes()).isGreaterThan(FIRST / 2);
      end(w);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sizeAskedFor_holdsAtOnce(boolean multipath) {
    try (TwoStacks w = world()) {
      Listener listener = w.listen(80);
      Connection a = open(w, multipath);
      w.run(300 * MS);
      Connection b = Objects.requireNonNull(w.accept(listener));
      b.buffers(Buffers.fixed(1 << 20, 2 << 20), w.nowNs);
      for (int i = 0; i < 40; i++) {
        a.write(some, 0, 1 << 20);
        a.wrote(w.nowNs);
        w.run(100 * MS);
      }
      assertThat(b.readableBytes()).isGreaterThan(1 << 20);
      end(w);
    }
  }

  /** Zero-window probes come a fifth of a second later at the earliest. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void windowOpens_theSenderHearsAtOnce(boolean multipath) {
    try (TwoStacks w = world()) {
      w.delayNs = 5 * MS;
      Listener listener = w.listen(80);
      Connection a = open(w, multipath);
      w.run(300 * MS);
      Connection b = Objects.requireNonNull(w.accept(listener));
      b.buffers(Buffers.fixed(1 << 20, 64 << 10), w.nowNs);
      for (int i = 0; i < 20; i++) {
        a.write(some, 0, 1 << 20);
        a.wrote(w.nowNs);
        w.run(100 * MS);
      }
      while (b.read(some, 0, 1 << 20) > 0) {
        b.didRead(w.nowNs);
      }
      w.run(40 * MS);
      assertThat(b.readableBytes()).isPositive();
      end(w);
    }
  }
}
