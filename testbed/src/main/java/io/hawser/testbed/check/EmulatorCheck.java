package io.hawser.testbed.check;

import io.hawser.linux.InterfaceCounters;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import io.hawser.workload.BulkReceiver;
import io.hawser.workload.BulkSender;
import io.hawser.workload.KernelEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures an emulated link against arithmetic (rate, delay, loss, speed, its own latency) and
 * against the kernel's tbf on a pair of virtual Ethernet interfaces.
 *
 * <p>A figure is the median of {@value #TRIES} measurements, and the median is what its bound is
 * for; {@link CalmMachine} says which count. The smallest and the largest stand beside it.
 */
public final class EmulatorCheck {
  private static final int PACKET = 1200;
  private static final int FULL_PACKET = 1500;
  private static final int TRIES = 5;
  private static final int OWN = 0;
  private static final int KERNEL = 1;
  private static final List<String> NAMES = List.of("probe", "kernel");

  /** The latest packets wait for threads that the machine's scheduler lets wait. */
  private static final double TAIL_MS = 5;

  /** A token bucket may let a millisecond's burst through more than once: 1 in 500 at least. */
  private static final double LEAST_SECONDS = 0.5;

  private final Testbed testbed;
  private final double scale;
  private final Consumer<Mark> tell;
  private final List<Mark> marks = new ArrayList<>();

  private EmulatorCheck(Testbed testbed, double scale, Consumer<Mark> tell) {
    this.testbed = testbed;
    this.scale = scale;
    this.tell = tell;
  }

  /**
   * Runs all checks in a testbed made for it.
   *
   * @param scale 1: about a minute in all; smaller: shorter and less exact
   * @param seed what the link draws follows from it
   */
  public static List<Mark> run(double scale, long seed, Consumer<Mark> tell) throws IOException {
    Topology topology =
        new Topology(
            "probe",
            "an emulated link, and one of the kernel's",
            List.of(link(OWN, LinkSpec.Emulator.HAWSER), link(KERNEL, LinkSpec.Emulator.TBF)));
    String name = "check" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, topology, seed)) {
      EmulatorCheck check = new EmulatorCheck(testbed, scale, tell);
      check.all();
      return check.marks;
    }
  }

  private static LinkSpec link(int number, LinkSpec.Emulator emulator) {
    LinkConfig any = LinkConfig.DEFAULT;
    return new LinkSpec(NAMES.get(number), "client", "server", any, any, emulator, false);
  }

  private void all() throws IOException {
    warm();
    for (int mbit : new int[] {1, 40}) {
      rate(mbit);
    }
    for (int mbit : new int[] {10, 100}) {
      besideTbf(mbit);
    }
    for (int mbit : new int[] {10, 100}) {
      delay(mbit);
    }
    latency();
    loss();
    speed();
  }

  private void mark(String what, double[] sorted, double bound, boolean atMost, String unit) {
    String range =
        String.format(
            Locale.ROOT,
            "%d from %.3f to %.3f",
            sorted.length,
            sorted[0],
            sorted[sorted.length - 1]);
    mark(new Mark(what, CalmMachine.median(sorted), bound, atMost, unit, range));
  }

  private void mark(Mark mark) {
    marks.add(mark);
    tell.accept(mark);
  }

  private UdpProbe probe(int link) {
    return new UdpProbe(testbed.client(), testbed.server(), link);
  }

  private void set(int link, String settings) throws IOException {
    testbed.change(NAMES.get(link), settings);
  }

  private void warm() throws IOException {
    set(OWN, "rate=unlimited delay=0 queue=4mb");
    probe(OWN).run(20_000, PACKET, 100e6);
    probe(KERNEL).run(5_000, PACKET, 50e6);
  }

  private static String rateSettings(int mbit) {
    return String.format(Locale.ROOT, "rate=%dmbit queue=64kb", mbit);
  }

  /** More is offered than goes through, so that the link is never idle. */
  private double rateOf(int link, int mbit, int packetBytes, double seconds) throws IOException {
    int packets = (int) Math.max(100, mbit * 1e6 / 8 / packetBytes * seconds);
    return probe(link).run((int) (packets * 1.3), packetBytes, mbit * 1.3e6).bitsPerSecond();
  }

  private static double errorPercent(double measured, double expected) {
    return Math.abs(measured / expected - 1) * 100;
  }

  private void rate(int mbit) throws IOException {
    set(OWN, rateSettings(mbit) + " delay=1ms loss=0%");
    double[] errors =
        CalmMachine.sorted(
            CalmMachine.several(
                TRIES,
                () ->
                    new double[] {
                      errorPercent(rateOf(OWN, mbit, PACKET, 0.8 * scale), mbit * 1e6)
                    }),
            0);
    mark("rate " + mbit + " Mbit/s, error", errors, 1, true, "%");
  }

  /** The same packets over both links by turns, so that the machine's moods strike both. */
  private void besideTbf(int mbit) throws IOException {
    set(OWN, rateSettings(mbit) + " delay=0 loss=0%");
    set(KERNEL, rateSettings(mbit));
    double seconds = Math.max(LEAST_SECONDS, 0.8 * scale);
    List<double[]> measured =
        CalmMachine.several(
            TRIES,
            () -> {
              double own = rateOf(OWN, mbit, FULL_PACKET, seconds);
              double kernel = rateOf(KERNEL, mbit, FULL_PACKET, seconds);
              return new double[] {errorPercent(own, mbit * 1e6), own / kernel};
            });
    mark("rate " + mbit + " Mbit/s, error", CalmMachine.sorted(measured, 0), 1, true, "%");
    double[] ratios = CalmMachine.sorted(measured, 1);
    double ratio = CalmMachine.median(ratios);
    String range =
        String.format(
            Locale.ROOT,
            "ratio %.4f, %d from %.4f to %.4f",
            ratio,
            ratios.length,
            ratios[0],
            ratios[ratios.length - 1]);
    String what = "rate " + mbit + " Mbit/s beside tbf, off by";
    mark(new Mark(what, errorPercent(ratio, 1), 1, true, "%", range));
  }

  /** Half the rate, so that no packet waits for another: arithmetic knows each delay. */
  private void delay(int mbit) throws IOException {
    set(OWN, String.format(Locale.ROOT, "rate=%dmbit delay=20ms queue=1mb loss=0%%", mbit));
    tails("delay 20 ms at " + mbit + " Mbit/s, error", 20, mbit, mbit == 10 ? 500 : 2000, 0.5);
  }

  private void latency() throws IOException {
    set(OWN, "rate=100mbit delay=0 queue=1mb loss=0%");
    tails("own latency at half of 100 Mbit/s", 0, 100, 4000, 0.3);
  }

  private void tails(String what, double delayMs, int mbit, int most, double bound)
      throws IOException {
    int packets = (int) Math.max(200, most * scale);
    double expectedMs = delayMs + PACKET * 8e3 / (mbit * 1e6);
    double bitsPerSecond = mbit * 0.5e6;
    List<double[]> measured =
        CalmMachine.several(
            TRIES,
            () -> {
              UdpProbe.Result own = probe(OWN).run(packets, PACKET, bitsPerSecond);
              return new double[] {
                Math.abs(own.delayNs(0.5) / 1e6 - expectedMs),
                Math.abs(own.delayNs(0.99) / 1e6 - expectedMs)
              };
            });
    mark(what + " (median)", CalmMachine.sorted(measured, 0), bound, true, "ms");
    double[] tails = CalmMachine.sorted(measured, 1);
    if (measured.size() == TRIES) {
      mark(what + " (p99)", tails, TAIL_MS, true, "ms");
    } else {
      // On a busy machine the latest packets tell of its scheduler alone.
      mark(what + " (p99, busy machine: no bound)", tails, Double.POSITIVE_INFINITY, true, "ms");
    }
  }

  /**
   * Within 3.3 standard deviations of the binomial distribution: 1 in 1000 runs fails by luck. The
   * kernels' own counters say what went in and came out, so no socket's buffer takes part.
   */
  private void loss() throws IOException {
    set(OWN, "rate=unlimited delay=1ms queue=4mb loss=5%");
    int packets = (int) Math.max(5_000, 40_000 * scale);
    long inBefore = counters(testbed.client()).txPackets();
    long outBefore = counters(testbed.server()).rxPackets();
    probe(OWN).run(packets, PACKET, 120e6);
    long in = counters(testbed.client()).txPackets() - inBefore;
    long out = counters(testbed.server()).rxPackets() - outBefore;
    double share = 1 - (double) out / in;
    double sigma = Math.sqrt(0.05 * 0.95 / in);
    String range = String.format(Locale.ROOT, "%.3f %% of %d packets", share * 100, in);
    mark(new Mark("loss 5 %, off by", Math.abs(share - 0.05) / sigma, 3.3, true, "sigma", range));
  }

  private static InterfaceCounters counters(Host host) throws IOException {
    for (InterfaceCounters its : InterfaceCounters.read(host.namespace())) {
      if (its.name().equals(NAMES.get(OWN))) {
        return its;
      }
    }
    throw new IOException(host.name() + " has no interface " + NAMES.get(OWN));
  }

  /** The kernel's TCP in packets of 1500 bytes. */
  private void speed() throws IOException {
    set(OWN, "rate=unlimited delay=0 queue=4mb loss=0%");
    Duration time = Duration.ofMillis((long) Math.max(500, 1000 * scale));
    double[] gbits =
        CalmMachine.sorted(
            CalmMachine.several(TRIES, () -> new double[] {transfer(OWN, time) / 1e9}), 0);
    mark("speed of one link, kernel TCP", gbits, 1, false, "Gbit/s");
  }

  private double transfer(int link, Duration time) throws IOException {
    KernelEngine from = new KernelEngine(testbed.client().namespace(), false, "");
    KernelEngine to = new KernelEngine(testbed.server().namespace(), false, "");
    InetAddress address =
        InetAddress.getByAddress(testbed.server().kernelAddresses(false).get(link).bytes());
    try (ServerSocket listener = to.listen(new InetSocketAddress(address, 5001));
        Socket out = from.connect(new InetSocketAddress(address, 5001), Duration.ofSeconds(5));
        Socket in = listener.accept()) {
      BulkReceiver receiver = new BulkReceiver();
      Thread reader =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  receiver.run(in);
                } catch (IOException e) {
                  System.err.println("check: " + e.getMessage());
                }
              });
      new BulkSender(1).run(out, System.nanoTime() + time.toNanos(), Long.MAX_VALUE);
      reader.join();
      long spanNs = receiver.progress().lastNs() - receiver.progress().firstNs();
      return receiver.progress().bytes() * 8e9 / Math.max(1, spanNs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
