package io.hawser.testbed.check;

import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures an emulated link against arithmetic: rate, delay, loss, speed, and its own latency.
 * Figures are the middle one of several tries, for machines are noisy.
 */
public final class EmulatorCheck {
  private static final int PACKET = 1200;
  private static final int TRIES = 3;

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
   * @param scale 1: half a minute in all; smaller: shorter and less exact
   */
  public static List<Mark> run(double scale, Consumer<Mark> tell) throws IOException {
    LinkConfig any = LinkConfig.DEFAULT;
    LinkSpec link =
        new LinkSpec("probe", "client", "server", any, any, LinkSpec.Emulator.HAWSER, false);
    Topology topology = new Topology("probe", "one link", List.of(link));
    String name = "check" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, topology)) {
      EmulatorCheck check = new EmulatorCheck(testbed, scale, tell);
      check.warm();
      for (int mbit : new int[] {1, 10, 40, 100}) {
        check.rate(mbit);
      }
      for (int mbit : new int[] {10, 100}) {
        check.delay(mbit);
      }
      check.latency();
      check.loss();
      check.speed();
      return check.marks;
    }
  }

  private void mark(String what, double measured, double bound, boolean atMost, String unit) {
    Mark mark = new Mark(what, measured, bound, atMost, unit);
    marks.add(mark);
    tell.accept(mark);
  }

  private UdpProbe probe() {
    return new UdpProbe(testbed.client(), testbed.server(), 0);
  }

  private void set(String settings) throws IOException {
    testbed.change("probe", settings);
  }

  private void warm() throws IOException {
    set("rate=unlimited delay=0 queue=4mb");
    probe().run(20_000, PACKET, 100e6);
  }

  /** More is offered than goes through, so that the link is never idle. */
  private void rate(int mbit) throws IOException {
    set(String.format(Locale.ROOT, "rate=%dmbit delay=1ms queue=64kb loss=0%%", mbit));
    int packets = (int) Math.max(120, mbit * 1e6 / 8 / PACKET * 2 * scale);
    double[] errors = new double[TRIES];
    for (int i = 0; i < TRIES; i++) {
      UdpProbe.Result result = probe().run((int) (packets * 1.3), PACKET, mbit * 1.3e6);
      errors[i] = Math.abs(result.bitsPerSecond() / (mbit * 1e6) - 1) * 100;
    }
    mark("rate " + mbit + " Mbit/s, error", middle(errors), 1, true, "%");
  }

  /** A quarter of the rate, so that no packet waits for another: arithmetic knows each delay. */
  private void delay(int mbit) throws IOException {
    set(String.format(Locale.ROOT, "rate=%dmbit delay=20ms queue=1mb loss=0%%", mbit));
    double expectedMs = 20 + PACKET * 8e3 / (mbit * 1e6);
    double[] medians = new double[TRIES];
    double[] tails = new double[TRIES];
    for (int i = 0; i < TRIES; i++) {
      UdpProbe.Result result =
          probe().run((int) Math.max(200, 4000 * scale), PACKET, mbit * 0.25e6);
      medians[i] = Math.abs(result.delayNs(0.5) / 1e6 - expectedMs);
      tails[i] = Math.abs(result.delayNs(0.99) / 1e6 - expectedMs);
    }
    mark("delay 20 ms at " + mbit + " Mbit/s, error (median)", middle(medians), 0.5, true, "ms");
    mark("delay 20 ms at " + mbit + " Mbit/s, error (p99)", middle(tails), 5, true, "ms");
  }

  private void latency() throws IOException {
    set("rate=100mbit delay=0 queue=1mb loss=0%");
    double transmissionMs = PACKET * 8e3 / 100e6;
    double[] medians = new double[TRIES];
    double[] tails = new double[TRIES];
    for (int i = 0; i < TRIES; i++) {
      UdpProbe.Result result = probe().run((int) Math.max(1000, 20_000 * scale), PACKET, 50e6);
      medians[i] = result.delayNs(0.5) / 1e6 - transmissionMs;
      tails[i] = result.delayNs(0.99) / 1e6 - transmissionMs;
    }
    mark("own latency at half of 100 Mbit/s (median)", middle(medians), 0.3, true, "ms");
    mark("own latency at half of 100 Mbit/s (p99)", middle(tails), 5, true, "ms");
  }

  /** Within 3.3 standard deviations of the binomial distribution: 1 in 1000 runs fails by luck. */
  private void loss() throws IOException {
    set("rate=unlimited delay=1ms queue=4mb loss=5%");
    int packets = (int) Math.max(5_000, 40_000 * scale);
    UdpProbe.Result result = probe().run(packets, PACKET, 60e6);
    double share = 1 - (double) result.arrived() / result.sent();
    double sigma = Math.sqrt(0.05 * 0.95 / packets);
    mark("loss 5 %, off by", Math.abs(share - 0.05) / sigma, 3.3, true, "sigma");
  }

  /** The kernel's TCP in packets of 1500 bytes. */
  private void speed() throws IOException {
    set("rate=unlimited delay=0 queue=4mb loss=0%");
    double[] gbits = new double[TRIES];
    for (int i = 0; i < TRIES; i++) {
      gbits[i] = transfer(Duration.ofMillis((long) Math.max(500, 3000 * scale))) / 1e9;
    }
    mark("speed of one link, kernel TCP", middle(gbits), 1, false, "Gbit/s");
  }

  private double transfer(Duration time) throws IOException {
    KernelEngine from = new KernelEngine(testbed.client().namespace(), false, "");
    KernelEngine to = new KernelEngine(testbed.server().namespace(), false, "");
    InetAddress address = InetAddress.getByAddress(Testbed.kernelService(false).bytes());
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

  private static double middle(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
