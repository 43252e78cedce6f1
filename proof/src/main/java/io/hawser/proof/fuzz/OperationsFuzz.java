package io.hawser.proof.fuzz;

import io.hawser.core.StackConfig;
import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.api.FastOpenUse;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.sched.Schedulers;
import io.hawser.event.EventSink;
import io.hawser.proof.ProofException;
import io.hawser.sim.Application;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.Path;
import io.hawser.sim.SimHost;
import io.hawser.sim.Simulation;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Two stacks over two paths; both applications and the paths do as the fuzzer says. What is read is
 * what was written, in its order, and in the end nothing is left.
 */
public final class OperationsFuzz {
  private static final long MS = 1_000_000;
  private static final int MOST_STEPS = 120;
  private static final int MOST_CONNECTIONS = 4;
  private static final IpAddress SERVER = IpAddress.parse("10.9.0.1");
  private static final IpAddress SERVER2 = IpAddress.parse("10.9.1.1");

  /** One end of a connection and how far it is. */
  private static final class End {
    final Connection c;
    long written;
    long read;

    End(Connection c) {
      this.c = c;
    }
  }

  private final Input in;
  private final Simulation world = new Simulation(11);
  private final SimHost client;
  private final SimHost server;
  private final Path[] paths = new Path[2];
  private final List<End> clients = new ArrayList<>();
  private final List<End> servers = new ArrayList<>();
  private final byte[] bytes = new byte[1 << 16];
  private final MemorySegment scratch = MemorySegment.ofArray(bytes);

  private OperationsFuzz(Input in) {
    this.in = in;
    client = world.host("client", stackConfig(), EventSink.NONE);
    server = world.host("server", stackConfig(), EventSink.NONE);
    client.address(address(0)).address(address(1));
    server.address(SERVER).address(SERVER2);
    for (int i = 0; i < 2; i++) {
      paths[i] = world.path("p" + i, client, server, link(), link()).addressA(address(i));
    }
    client.stack().endpoints().limits(4, 4);
    server.stack().endpoints().limits(4, 4);
    Application end =
        (c, what, nowNs) -> {
          if (servers.stream().noneMatch(e -> e.c == c)) {
            servers.add(new End(c));
          }
        };
    server.listen(new Endpoint(IpAddress.ANY4, 80), config(), () -> end);
  }

  private static IpAddress address(int path) {
    return IpAddress.parse("10.0." + path + ".1");
  }

  /** One input of Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    OperationsFuzz run = new OperationsFuzz(new Input(data));
    try (Simulation world = run.world) {
      run.play();
      run.end(world);
    }
  }

  private void play() {
    for (int step = 0; step < MOST_STEPS && !in.isEmpty(); step++) {
      switch (in.u8() % 10) {
        case 0 -> connect();
        case 1, 2 -> write(end(), 1 + in.u16());
        case 3 -> read(end(), 1 + in.u16());
        case 4, 5 -> world.runFor((long) in.u8() << (in.u8() % 8) << 17);
        case 6 -> command(end(), in.u8());
        case 7 -> path();
        case 8 -> endpoint();
        default -> readAll();
      }
      client.touch();
      server.touch();
    }
    for (int i = 0; i < 20; i++) {
      world.runFor(500 * MS);
      readAll();
    }
  }

  private void end(Simulation all) {
    client.stack().abortAll(all.nowNs());
    server.stack().abortAll(all.nowNs());
    client.touch();
    server.touch();
    all.runFor(60_000 * MS);
    long buffers = all.buffers().lentBuffers();
    long chunks = all.chunks().lentChunks();
    int left = client.stack().connections().size() + server.stack().connections().size();
    if (buffers != 0 || chunks != 0 || left != 0) {
      throw new ProofException(
          "left behind: " + left + " connections, " + buffers + " buffers, " + chunks + " chunks");
    }
  }

  private StackConfig stackConfig() {
    StackConfig config = new StackConfig();
    int choice = in.u8();
    config.mptcpChecksum = (choice & 1) != 0;
    config.superSegmentBytes = (choice & 2) != 0 ? 60_000 : 0;
    config.tcp.sack = (choice & 4) == 0;
    config.tcp.timestamps = (choice & 8) == 0;
    config.tcp.windowScale = choice >> 4 & 7;
    config.mptcpEnabled = (choice & 0x80) == 0;
    return config;
  }

  private LinkConfig link() {
    return LinkConfig.DEFAULT
        .withRate(1_000_000L << in.u8() % 8)
        .withDelayNs(in.u8() % 50 * MS)
        .withLossPpm(in.u8() * 200)
        .withReorder(in.u8() * 200, 5 * MS)
        .withDuplicatePpm(in.u8() * 100)
        .withCorrupt(in.u8() * 50, false);
  }

  private ConnectionConfig config() {
    int sizes = in.u8();
    FastOpenUse[] uses = FastOpenUse.values();
    return ConnectionConfig.multipathDefaults()
        .withBuffers(2048 << sizes % 7, 2048 << in.u8() % 7)
        .withFastOpen(uses[sizes / 7 % uses.length])
        .withNoDelay(in.bit());
  }

  private void connect() {
    if (clients.size() < MOST_CONNECTIONS) {
      ConnectionConfig config = config();
      Endpoint from = new Endpoint(address(0), 0);
      Endpoint to = new Endpoint(SERVER, 80);
      clients.add(new End(client.connect(from, to, config, (c, what, nowNs) -> {})));
    }
  }

  private int end() {
    return in.u8();
  }

  private void write(int which, int length) {
    End e = pick(which);
    if (e == null) {
      return;
    }
    int salt = salt(e, true);
    for (int i = 0; i < length && i < bytes.length; i++) {
      bytes[i] = value(e.written + i, salt);
    }
    int taken = e.c.write(scratch, 0, Math.min(length, bytes.length));
    if (taken > 0) {
      e.written += taken;
      e.c.wrote(world.nowNs());
    }
  }

  private static byte value(long position, int salt) {
    return (byte) (position * 31 + (position >> 8) + salt);
  }

  /** Differs by connection and direction. */
  private int salt(End e, boolean writing) {
    boolean isClient = clients.contains(e);
    int port = (isClient ? e.c.local() : e.c.remote()).port();
    return port * 2 + (isClient == writing ? 1 : 0);
  }

  private void read(int which, int length) {
    End e = pick(which);
    if (e == null) {
      return;
    }
    int got = e.c.read(scratch, 0, Math.min(length, bytes.length));
    if (got <= 0) {
      return;
    }
    int salt = salt(e, false);
    for (int i = 0; i < got; i++) {
      byte read = scratch.get(ValueLayout.JAVA_BYTE, i);
      if (read != value(e.read + i, salt)) {
        throw new ProofException("wrong byte at " + (e.read + i) + " of " + e.c.remote());
      }
    }
    e.read += got;
    e.c.didRead(world.nowNs());
  }

  private void readAll() {
    int all = 2 * Math.max(clients.size(), servers.size());
    for (int i = 0; i < all; i++) {
      for (int n = 0; n < 8; n++) {
        read(i, bytes.length);
      }
    }
    client.touch();
    server.touch();
  }

  private @org.jspecify.annotations.Nullable End pick(int which) {
    List<End> side = (which & 1) == 0 ? clients : servers;
    return side.isEmpty() ? null : side.get((which >> 1) % side.size());
  }

  private void command(int which, int value) {
    End e = pick(which);
    if (e == null) {
      return;
    }
    long now = world.nowNs();
    switch (in.u8() % 11) {
      case 0 -> e.c.shutdownOutput(now);
      case 1 -> e.c.shutdownInput(now);
      case 2 -> e.c.close(now);
      case 3 -> e.c.abort(now);
      case 4 -> e.c.priority(value & 3, (value & 4) != 0, now);
      case 5 -> e.c.closeSubflow(value & 3, now);
      case 6 -> e.c.buffers(Buffers.fixed(256 << (value & 7), 256 << (value >> 4 & 7)), now);
      case 7 -> e.c.noDelay((value & 1) != 0, now);
      case 8 -> e.c.cork((value & 1) != 0, now);
      case 9 -> e.c.scheduler(Schedulers.NAMES.get(value % Schedulers.NAMES.size()), now);
      default ->
          e.c.congestionControl(
              CongestionControls.NAMES.get(value % CongestionControls.NAMES.size()), now);
    }
  }

  private void path() {
    Path path = paths[in.u8() & 1];
    switch (in.u8() % 4) {
      case 0 -> path.up(in.bit(), world.nowNs());
      case 1 -> path.blackhole(in.bit(), world.nowNs());
      default -> path.configure(link(), link(), world.nowNs());
    }
  }

  private void endpoint() {
    int choice = in.u8();
    long now = world.nowNs();
    switch (choice % 6) {
      case 0 -> execute(client, "endpoint add 10.0.1.1 subflow" + (choice > 128 ? " backup" : ""));
      case 1 -> execute(client, "endpoint add 10.0.1.1 subflow fullmesh");
      case 2 -> execute(server, "endpoint add 10.9.1.1 signal");
      case 3 -> execute(server, "endpoint flush");
      case 4 -> client.stack().removeAddress(address(1), now);
      default -> client.stack().addAddress(address(1), now);
    }
  }

  private static void execute(SimHost host, String command) {
    try {
      host.stack().endpoints().execute(command);
    } catch (io.hawser.core.pm.PmException refused) {
      if (refused.getMessage() == null) {
        throw new ProofException("refused without a reason: " + command, refused);
      }
    }
  }
}
