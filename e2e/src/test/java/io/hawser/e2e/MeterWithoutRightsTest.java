package io.hawser.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testbed.OwnJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code hawser meter} reads counters that everybody may read: it needs no capability. */
@Timeout(60)
class MeterWithoutRightsTest {
  @Test
  void loopback_isMeasuredWithoutAnyCapability() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
    }
    command.addAll(OwnJvm.hawser("meter", "--count", "1", "--interval", "0.2", "lo"));
    Process meter = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String told = new String(meter.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(meter.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(told).contains("lo").doesNotContain("EPERM");
      assertThat(meter.exitValue()).as(told).isZero();
    } finally {
      meter.destroyForcibly();
    }
  }
}
