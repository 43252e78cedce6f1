package io.hawser.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hawser.wire.DropReason;
import io.hawser.wire.PacketView;
import io.hawser.wire.PcapReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's figures are what its captures show. Real time, in one process. */
@Timeout(60)
class DemoCaptureTest {
  private static final Percentage TWO_PERCENT = Percentage.withPercentage(2);

  @TempDir Path folder;

  /** What a capture says of the data direction. */
  private static final class Seen {
    long firstNs = Long.MAX_VALUE;
    long lastNs;
    long bytes;
    final long[] linkBytes = new long[2];

    double megabitsPerSecond() {
      return bytes * 8e3 / (lastNs - firstNs);
    }
  }

  private DemoRun.Result run(Path file, boolean multipath, double cutAt) throws IOException {
    DemoLinks links = DemoLinks.parse("20,10");
    PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    try (DemoHosts hosts = new DemoHosts(links, true, multipath);
        DemoCapture capture = new DemoCapture(file)) {
      hosts.capture(capture);
      DemoRun run = new DemoRun(hosts, links, new LiveLine(quiet, links, false), 3, cutAt);
      return run.run("test", multipath);
    }
  }

  /** Data goes to the port that the first SYN was sent to. */
  private static Seen read(Path file, boolean multipath) throws IOException {
    Seen seen = new Seen();
    PacketView view = new PacketView();
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    int dataPort = -1;
    try (PcapReader reader = new PcapReader(file)) {
      while (reader.next()) {
        DropReason reason =
            view.check(
                reader.memory(), (int) reader.packetOffset(), reader.packetLength(), false, 0);
        assertThat(reason).isEqualTo(DropReason.NONE);
        if (dataPort < 0) {
          dataPort = view.dstPort;
        }
        if (view.dstPort != dataPort) {
          continue;
        }
        // The clients' networks are numbered one apart.
        seen.linkBytes[(int) (view.source().low() >>> 16 & 1)] += reader.packetLength();
        if (view.payloadLength == 0) {
          continue;
        }
        seen.firstNs = Math.min(seen.firstNs, reader.timestampNs());
        seen.lastNs = Math.max(seen.lastNs, reader.timestampNs());
        if (multipath && view.dsnBytes == 0) {
          continue;
        }
        long start = multipath ? view.dsn : view.seq;
        int length = multipath ? view.dataLength : view.payloadLength;
        if (lowest == Long.MAX_VALUE) {
          lowest = start;
        }
        highest = Math.max(highest, (int) (start - lowest) + length);
      }
    }
    seen.bytes = highest;
    return seen;
  }

  private void agrees(DemoRun.Result result, Seen seen) {
    assertThat(result.verified()).isTrue();
    assertThat((double) seen.bytes).isCloseTo(result.bytes(), TWO_PERCENT);
    assertThat(seen.megabitsPerSecond()).isCloseTo(result.megabitsPerSecond(), TWO_PERCENT);
    long carried = result.linkBytes()[0] + result.linkBytes()[1];
    long captured = seen.linkBytes[0] + seen.linkBytes[1];
    assertThat((double) captured).isCloseTo(carried, TWO_PERCENT);
    // A link is told by its client's address; which bit is which link does not matter here.
    double share = Math.max(result.linkBytes()[0], result.linkBytes()[1]) / (double) carried;
    double inCapture = Math.max(seen.linkBytes[0], seen.linkBytes[1]) / (double) captured;
    assertThat(inCapture).isCloseTo(share, within(0.02));
  }

  @Test
  void plainTcp_figuresAreThoseOfTheCapture() throws IOException {
    Path file = folder.resolve("tcp.pcapng");
    agrees(run(file, false, 0), read(file, false));
  }

  @Test
  void multipathWithACut_figuresAreThoseOfTheCapture() throws IOException {
    Path file = folder.resolve("cut.pcapng");
    agrees(run(file, true, 1), read(file, true));
  }
}
