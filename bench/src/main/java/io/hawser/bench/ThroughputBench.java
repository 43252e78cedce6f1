package io.hawser.bench;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.linux.Ip;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.Leftover;
import io.hawser.linux.Leftovers;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TunDevice;
import io.hawser.linux.TunOptions;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.socket.HawserSocket;
import io.hawser.wire.DeviceException;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;

/**
 * {@code hawser bench throughput}: MPTCP with two subflows, kernel to kernel, Hawser to kernel and
 * kernel to Hawser, in turns within one run, the same congestion control everywhere, every byte
 * checked.
 */
public final class ThroughputBench {
  private static final double BOUND = 0.1;
  private static final long GAP_BOUND_NS = 20_000_000L;
  private static final int PORT = 5201;
  private static final String CONGESTION = "cubic";
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";

  private final PrintStream out;
  private final int runs;
  private final long durationNs;
  private final boolean json;

  /** So many runs of each kind, each so long. */
  public ThroughputBench(PrintStream out, int runs, double seconds, boolean json) {
    this.out = out;
    this.runs = runs;
    this.durationNs = (long) (seconds * 1e9);
    this.json = json;
  }

  /** Runs it; true if every bound holds. */
  public boolean run() throws IOException {
    Leftovers.sweep();
    Leftover.Sysctl changed = allowCongestionControl();
    try {
      return measure();
    } finally {
      Leftovers.ofThisProcess().undo(changed);
    }
  }

  /** A namespace may only use what the first one allows; put back at the end. */
  private static Leftover.Sysctl allowCongestionControl() {
    Ip ip = Ip.here();
    String before = ip.sysctl(ALLOWED);
    Leftover.Sysctl changed = new Leftover.Sysctl(ALLOWED, before);
    if (!Arrays.asList(before.split(" ")).contains(CONGESTION)) {
      Leftovers.ofThisProcess().willMake(changed);
      try {
        ip.sysctl(ALLOWED, before + " " + CONGESTION);
      } catch (DeviceException e) {
        throw new DeviceException(
            "cannot allow "
                + CONGESTION
                + " in namespaces; run this as root of the machine: "
                + e.getMessage());
      }
    }
    return changed;
  }

  private boolean measure() throws IOException {
    double[] kernel = new double[runs];
    double[] sending = new double[runs];
    double[] receiving = new double[runs];
    long longestGapNs = 0;
    for (int i = 0; i < runs; i++) {
      kernel[i] = kernelToKernel().gigabits();
      sending[i] = hawser(true).gigabits();
      Transfer.Result received = hawser(false);
      receiving[i] = received.gigabits();
      longestGapNs = Math.max(longestGapNs, received.longestGapNs());
      if (!json) {
        out.printf(
            Locale.ROOT,
            "run %2d: kernel-kernel %6.2f   hawser-kernel %6.2f   kernel-hawser %6.2f Gbit/s   longest gap %.1f ms%n",
            i + 1,
            kernel[i],
            sending[i],
            receiving[i],
            received.longestGapNs() / 1e6);
      }
    }
    return report(Spread.of(kernel), Spread.of(sending), Spread.of(receiving), longestGapNs);
  }

  private boolean report(Spread kernel, Spread sending, Spread receiving, long gapNs) {
    double sent = sending.median() / kernel.median();
    double received = receiving.median() / kernel.median();
    boolean good = sent >= BOUND && received >= BOUND && gapNs <= GAP_BOUND_NS;
    if (json) {
      out.printf(
          Locale.ROOT,
          "{\"runs\":%d,\"congestion\":\"%s\",\"kernel\":%s,\"sending\":%s,\"receiving\":%s,"
              + "\"sendingRatio\":%.4f,\"receivingRatio\":%.4f,\"longestGapMs\":%.2f,\"good\":%b}%n",
          runs,
          CONGESTION,
          kernel.json(),
          sending.json(),
          receiving.json(),
          sent,
          received,
          gapNs / 1e6,
          good);
      return good;
    }
    out.println(
        "Gbit/s, median [range] of " + runs + " runs, MPTCP with 2 subflows, " + CONGESTION);
    out.println("  kernel to kernel  " + kernel);
    out.println("  Hawser sending    " + sending);
    out.println("  Hawser receiving  " + receiving);
    bound("ratio, Hawser sending", sent, BOUND, sent >= BOUND);
    bound("ratio, Hawser receiving", received, BOUND, received >= BOUND);
    bound("longest gap receiving, ms", gapNs / 1e6, GAP_BOUND_NS / 1e6, gapNs <= GAP_BOUND_NS);
    return good;
  }

  private void bound(String what, double measured, double bound, boolean holds) {
    out.printf(
        Locale.ROOT,
        "  %-28s measured %.3f / bound %.3f  %s%n",
        what,
        measured,
        bound,
        holds ? "ok" : "FAILED");
  }

  private static Stream of(KernelSocket socket) {
    return new Stream() {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return socket.read(into, offset, length);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        socket.write(from, offset, length);
      }

      @Override
      public void finish() throws IOException {
        socket.shutdownOutput();
      }

      @Override
      public void close() {
        socket.close();
      }
    };
  }

  private static void prepare(Ip ip) {
    ip.sysctl("net/ipv4/tcp_congestion_control", CONGESTION);
    ip.mptcp("limits set subflows 4 add_addr_accepted 4");
  }

  private static KernelSocket listener(NetworkNamespace in) {
    return in.run(
        () -> KernelSocket.open(false, true).bind(new Endpoint(IpAddress.ANY4, PORT)).listen(8));
  }

  private Transfer.Result kernelToKernel() throws IOException {
    try (NetworkNamespace a = NetworkNamespace.anonymous();
        NetworkNamespace b = NetworkNamespace.anonymous()) {
      Ip ipA = new Ip(a);
      Ip ipB = new Ip(b);
      prepare(ipA);
      prepare(ipB);
      for (int n = 1; n <= 2; n++) {
        ipA.veth("hwba" + n, "hwbb" + n, b);
        ipA.address("hwba" + n, "10.7" + n + ".1.2/24");
        ipB.address("hwbb" + n, "10.7" + n + ".1.1/24");
        ipA.up("hwba" + n);
        ipB.up("hwbb" + n);
      }
      ipB.mptcp("endpoint add 10.72.1.1 dev hwbb2 signal");
      try (KernelSocket listener = listener(b)) {
        Endpoint to = new Endpoint(IpAddress.parse("10.71.1.1"), PORT);
        KernelSocket client = a.run(() -> KernelSocket.open(false, true).connect(to));
        return Transfer.run(of(client), of(listener.accept()), durationNs);
      }
    }
  }

  private Transfer.Result hawser(boolean sends) throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.anonymous()) {
      Ip ip = new Ip(namespace);
      prepare(ip);
      TunDevice tun = namespace.run(() -> TunDevice.open("hwbench", TunOptions.create()));
      HawserConfig config = new HawserConfig().name("hawser-bench");
      for (int n = 1; n <= 2; n++) {
        ip.address("hwbench", "10.7" + n + ".1.1/24");
        config.address("10.7" + n + ".1.2");
      }
      ip.up("hwbench");
      config.connection(ConnectionConfig.multipathDefaults().withCongestionControl(CONGESTION));
      try (KernelSocket listener = listener(namespace);
          Hawser hawser = Hawser.over(tun, config)) {
        HawserSocket socket = hawser.socket();
        InetAddress address = InetAddress.getByAddress(new byte[] {10, 71, 1, 1});
        socket.connect(new InetSocketAddress(address, PORT), 10_000);
        Stream here = Stream.of(socket);
        Stream there = of(listener.accept());
        return sends
            ? Transfer.run(here, there, durationNs)
            : Transfer.run(there, here, durationNs);
      }
    }
  }
}
