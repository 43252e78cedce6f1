package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.ConnectionStats.SubflowStats;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The 64-bit data sequence number goes past its end (RFC 8684 section 3.3.1). */
class SequenceWrapTest {
  /** Found by trying thousands of millions: its first number is less than 2^31 from the end. */
  private static final long KEY = 0x5888_43d0L;

  private static final long BEFORE_WRAP = 1_641_190_876L;
  private static final long BYTES = BEFORE_WRAP + 60_000_000;

  /** Prime, so that a byte that is out of place shows. */
  private static final int PERIOD = 1_000_003;

  private static final byte[] PATTERN = new byte[2 * PERIOD];

  static {
    byte[] once = new byte[PERIOD];
    new Random(5).nextBytes(once);
    System.arraycopy(once, 0, PATTERN, 0, PERIOD);
    System.arraycopy(once, 0, PATTERN, PERIOD, PERIOD);
  }

  /** Draws that key first. */
  private static final class KeyFirst extends Random {
    private static final long serialVersionUID = 1;
    private boolean drawn = true;

    @Override
    public long nextLong() {
      boolean first = !drawn;
      drawn = true;
      return first ? KEY : super.nextLong();
    }
  }

  @Test
  void keyIsWhatItIsSaidToBe() throws NoSuchAlgorithmException {
    byte[] key = ByteBuffer.allocate(8).putLong(KEY).array();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
    assertThat(ByteBuffer.wrap(hash).getLong(24)).isEqualTo(-BEFORE_WRAP);
  }

  @Test
  void stream_passesTheEndOfTheNumbers() {
    KeyFirst random = new KeyFirst();
    try (TwoStacks w = new TwoStacks(47, random)) {
      w.a.addAddress(TwoStacks.A2, w.nowNs);
      w.delayNs = 500_000;
      Listener listener = w.listen(80);
      random.drawn = false;
      Connection client =
          w.connect(80, ConnectionConfig.multipathDefaults().withScheduler("round-robin"));
      w.run(100_000_000);
      Connection server = Objects.requireNonNull(w.accept(listener));
      MemorySegment source = MemorySegment.ofArray(PATTERN);
      byte[] got = new byte[PERIOD];
      long written = 0;
      long read = 0;
      long endNs = w.nowNs + 600_000_000_000L;
      while (read < BYTES && w.nowNs < endNs) {
        int want = (int) Math.min(PERIOD, BYTES - written);
        int n = client.write(source, written % PERIOD, want);
        if (n > 0) {
          written += n;
          client.wrote(w.nowNs);
        }
        w.step(w.nowNs + 1_000_000);
        for (n = read(server, got); n > 0; n = read(server, got)) {
          int at = (int) (read % PERIOD);
          if (MemorySegment.mismatch(source, at, at + n, MemorySegment.ofArray(got), 0, n) >= 0) {
            throw new AssertionError("a wrong byte in the " + n + " bytes from " + read);
          }
          read += n;
          server.didRead(w.nowNs);
        }
      }
      assertThat(read).isEqualTo(BYTES);
      assertThat(client.multipath()).isTrue();
      assertThat(client.snapshot().subflows())
          .extracting(SubflowStats::bytesSent)
          .hasSize(2)
          .allMatch(sent -> sent > BYTES / 10);
      w.a.abortAll(w.nowNs);
      w.b.abortAll(w.nowNs);
      w.run(1_000_000_000);
    }
  }

  private static int read(Connection from, byte[] into) {
    return from.read(MemorySegment.ofArray(into), 0, into.length);
  }
}
