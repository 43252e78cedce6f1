package io.hawser.cli;

import io.hawser.insight.meter.Meter;
import io.hawser.insight.meter.MeterText;
import io.hawser.linux.NetworkNamespace;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hawser meter}. */
@Command(
    name = "meter",
    mixinStandardHelpOptions = true,
    description = "Show how fast interfaces receive and send, by the kernel's counters.")
final class MeterCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "INTERFACE",
      description = "Which ones; all but loopback if none is named.")
  List<String> interfaces = List.of();

  @Option(
      names = {"-i", "--interval"},
      defaultValue = "1",
      paramLabel = "SECONDS",
      description = "Time between readings (${DEFAULT-VALUE}).")
  double interval;

  @Option(
      names = {"-c", "--count"},
      defaultValue = "0",
      paramLabel = "N",
      description = "Stop after so many readings (0: when interrupted).")
  long count;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "text",
      description = "text, csv or json (${DEFAULT-VALUE}).")
  String format = "text";

  @Option(
      names = "--netns",
      paramLabel = "NAME",
      description = "In a network namespace, as `ip netns` names it (hw-lab-client).")
  String namespace = "";

  @Override
  public Integer call() throws Exception {
    if (!(interval >= 0.01 && interval <= 3600)) {
      throw new IllegalArgumentException("--interval takes 0.01 to 3600 seconds, not " + interval);
    }
    MeterText text = new MeterText(chosen());
    try (NetworkNamespace where = namespace.isEmpty() ? null : NetworkNamespace.open(namespace)) {
      Meter meter = new Meter(where, interfaces);
      long periodNs = (long) (interval * 1e9);
      long nextNs = System.nanoTime();
      for (long n = 0; count == 0 || n < count; n++) {
        nextNs += periodNs;
        for (long left = nextNs - System.nanoTime(); left > 0; left = nextNs - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        System.out.print(text.of(meter.read()));
        System.out.flush();
        if (System.out.checkError()) {
          return 0;
        }
      }
    }
    return 0;
  }

  private MeterText.Format chosen() {
    return switch (format) {
      case "text" -> MeterText.Format.TEXT;
      case "csv" -> MeterText.Format.CSV;
      case "json" -> MeterText.Format.JSON;
      default ->
          throw new IllegalArgumentException(
              "--format takes text, csv or json, not '" + format + "'");
    };
  }
}
