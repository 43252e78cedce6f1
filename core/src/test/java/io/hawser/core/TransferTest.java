package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole connections between two stacks in virtual time. */
class TransferTest {
  /** One direction of a transfer. */
  static final class Flow {
    final byte[] data;
    final byte[] got;
    int written;
    int read;
    boolean shut;
    boolean eof;

    Flow(int bytes, long seed) {
      data = new byte[bytes];
      got = new byte[bytes + 1];
      new Random(seed).nextBytes(data);
    }

    void pump(Connection from, Connection to, long nowNs) {
      if (written < data.length) {
        int n = from.write(MemorySegment.ofArray(data), written, data.length - written);
        if (n > 0) {
          written += n;
          from.wrote(nowNs);
        }
      } else if (!shut) {
        shut = true;
        from.shutdownOutput(nowNs);
      }
      int n = to.read(MemorySegment.ofArray(got), read, got.length - read);
      if (n > 0) {
        read += n;
        to.didRead(nowNs);
      }
      eof |= n < 0;
    }

    void check() {
      assertThat(read).isEqualTo(data.length);
      assertThat(Arrays.equals(got, 0, read, data, 0, read)).isTrue();
      assertThat(eof).isTrue();
    }
  }

  static void transfer(TwoStacks w, ConnectionConfig config, int bytes, long seconds) {
    Listener listener = w.listen(80);
    Connection client = w.connect(80, config);
    Flow up = new Flow(bytes, 1);
    Flow down = new Flow(bytes, 2);
    Connection server = null;
    long end = w.nowNs + seconds * 1_000_000_000L;
    boolean done = false;
    while (w.nowNs < end && !done) {
      w.step(Math.min(end, w.nowNs + 10_000_000));
      if (server == null) {
        server = listener.accept();
      }
      if (server != null) {
        up.pump(client, server, w.nowNs);
        down.pump(server, client, w.nowNs);
        done = up.eof && down.eof;
      }
    }
    up.check();
    down.check();
    client.close(w.nowNs);
    Objects.requireNonNull(server).close(w.nowNs);
    listener.close(w.nowNs);
    w.run(400_000_000_000L);
    assertThat(client.failure()).isEqualTo(Connection.Failure.NONE);
    assertThat(server.failure()).isEqualTo(Connection.Failure.NONE);
    assertThat(w.a.connections()).isEmpty();
    assertThat(w.b.connections()).isEmpty();
    assertThat(w.buffers.lentBuffers()).isZero();
    assertThat(w.chunks.lentChunks()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"false,0", "false,0.02", "true,0", "true,0.02"})
  void established_dataBothWays_arrivesAndEnds(boolean multipath, double loss) {
    try (TwoStacks w = new TwoStacks(7)) {
      w.loss = loss;
      w.reorder = loss;
      transfer(w, ConnectionConfig.multipathDefaults().withMultipath(multipath), 1_000_000, 200);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.02})
  void twoPaths_dataBothWays_arrivesAndEnds(double loss) {
    try (TwoStacks w = new TwoStacks(8)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.loss = loss;
      w.reorder = loss;
      transfer(w, ConnectionConfig.multipathDefaults(), 3_000_000, 200);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deviceWithoutRoom_packetsWait_nothingHangs(boolean multipath) {
    for (long seed = 40; seed < 60; seed++) {
      try (TwoStacks w = new TwoStacks(seed)) {
        w.a.addAddress(TwoStacks.A2, w.nowNs);
        w.refuse = 0.3;
        ConnectionConfig config = ConnectionConfig.multipathDefaults().withMultipath(multipath);
        transfer(w, config, 100_000, 100);
      }
    }
  }

  @Test
  void twoPaths_oneCutAndRestored_arrivesAndEnds() {
    try (TwoStacks w = new TwoStacks(9)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      Listener listener = w.listen(80);
      Connection client = w.connect(80, ConnectionConfig.multipathDefaults());
      Flow up = new Flow(20_000_000, 3);
      Connection server = null;
      long end = w.nowNs + 300_000_000_000L;
      boolean wasCut = false;
      while (w.nowNs < end && !up.eof) {
        w.step(Math.min(end, w.nowNs + 10_000_000));
        server = server == null ? listener.accept() : server;
        if (server != null) {
          up.pump(client, server, w.nowNs);
        }
        if (!wasCut && up.read > 5_000_000) {
          wasCut = true;
          w.cut.add(TwoStacks.A1);
        }
        if (up.read > 12_000_000) {
          w.cut.clear();
        }
      }
      up.check();
      assertThat(client.snapshot().reinjectedBytes()).isPositive();
    }
  }
}
