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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code hawser bench throughput}: MPTCP with two subflows, kernel to kernel, Hawser to kernel and
 * kernel to Hawser, in turns within one run, the same congestion control everywhere, every byte
 * checked.
 */
public final class ThroughputBench implements Bench {
  private static final Goal GOODPUT = Goal.atLeast(0.35, 0.6, 0.85);
  private static final Goal GAP_MS = Goal.atMost(20, 20, 5);
  private static final int PORT = 5201;
  private static final String ALLOWED = "net/ipv4/tcp_allowed_congestion_control";

  private String congestion = "cubic";

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public String description() {
    return "Goodput of one MPTCP connection: Hawser with a kernel end, beside two kernels.";
  }

  @Override
  public List<Row> run(BenchSettings settings, Consumer<String> progress) throws IOException {
    congestion = settings.congestion();
    Leftovers.sweep();
    Leftover.Sysctl changed = allowCongestionControl();
    try {
      return measure(settings, progress);
    } finally {
      Leftovers.ofThisProcess().undo(changed);
    }
  }

  /** A namespace may only use what the first one allows; put back at the end. */
  private Leftover.Sysctl allowCongestionControl() {
    Ip ip = Ip.here();
    String before = ip.sysctl(ALLOWED);
    Leftover.Sysctl changed = new Leftover.Sysctl(ALLOWED, before);
    if (!Arrays.asList(before.split(" ")).contains(congestion)) {
      Leftovers.ofThisProcess().willMake(changed);
      try {
        ip.sysctl(ALLOWED, before + " " + congestion);
      } catch (DeviceException e) {
        throw new DeviceException(
            "cannot allow "
                + congestion
                + " in namespaces; run this as root of the machine: "
                + e.getMessage());
      }
    }
    return changed;
  }

  private List<Row> measure(BenchSettings settings, Consumer<String> progress) throws IOException {
    int runs = settings.runs();
    double[] kernel = new double[runs];
    double[] sending = new double[runs];
    double[] receiving = new double[runs];
    double[] gapsMs = new double[runs];
    for (int i = 0; i < runs; i++) {
      kernel[i] = kernelToKernel(settings.durationNs()).gigabits();
      sending[i] = hawser(true, settings.durationNs()).gigabits();
      Transfer.Result received = hawser(false, settings.durationNs());
      receiving[i] = received.gigabits();
      gapsMs[i] = received.longestGapNs() / 1e6;
      progress.accept(
          String.format(
              Locale.ROOT,
              "run %2d: kernel-kernel %6.2f   hawser-kernel %6.2f   kernel-hawser %6.2f Gbit/s   longest gap %.1f ms",
              i + 1,
              kernel[i],
              sending[i],
              receiving[i],
              gapsMs[i]));
    }
    Spread gaps = Spread.of(gapsMs);
    return List.of(
        Row.ratio(
            "goodput, Hawser sending",
            "Gbit/s",
            Spread.of(kernel),
            Spread.of(sending),
            GOODPUT,
            Level.HARD),
        Row.ratio(
            "goodput, Hawser receiving",
            "Gbit/s",
            Spread.of(kernel),
            Spread.of(receiving),
            GOODPUT,
            Level.MUST),
        new Row("longest gap receiving", "ms", null, gaps, gaps.most(), GAP_MS, Level.MUST));
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

  private void prepare(Ip ip) {
    ip.sysctl("net/ipv4/tcp_congestion_control", congestion);
    ip.mptcp("limits set subflows 4 add_addr_accepted 4");
  }

  private static KernelSocket listener(NetworkNamespace in) {
    return in.run(
        () -> KernelSocket.open(false, true).bind(new Endpoint(IpAddress.ANY4, PORT)).listen(8));
  }

  private Transfer.Result kernelToKernel(long durationNs) throws IOException {
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

  private Transfer.Result hawser(boolean sends, long durationNs) throws IOException {
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
      config.connection(ConnectionConfig.multipathDefaults().withCongestionControl(congestion));
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
