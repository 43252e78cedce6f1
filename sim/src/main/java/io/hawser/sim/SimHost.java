package io.hawser.sim;

import io.hawser.core.Listener;
import io.hawser.core.NewsSink;
import io.hawser.core.Stack;
import io.hawser.core.StackConfig;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.SegmentingDevice;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A host of a simulation: a stack, its device and the applications on it. */
public final class SimHost implements SimNode, NewsSink {
  private static final int MOST_ROUNDS = 100_000;

  private final Simulation simulation;
  private final String name;
  private final SimDevice device;
  private final PacketDevice door;
  private final Stack stack;
  private final PacketMeta meta = new PacketMeta();
  private boolean isTouched = true;
  private boolean heard;

  SimHost(
      Simulation simulation,
      String name,
      StackConfig config,
      SplittableRandom random,
      EventSink events) {
    this.simulation = simulation;
    this.name = name;
    device = new SimDevice(simulation, config.mtuBytes);
    door = new SegmentingDevice(device);
    stack = new Stack(config, simulation.buffers(), simulation.chunks(), random, events);
  }

  public String name() {
    return name;
  }

  /** The engine itself. */
  public Stack stack() {
    return stack;
  }

  public SimDevice device() {
    return device;
  }

  /** Gives the host an address. */
  public SimHost address(IpAddress address) {
    stack.addAddress(address, simulation.nowNs());
    return this;
  }

  /** Opens a connection for an application. */
  public Connection connect(
      Endpoint local, Endpoint remote, ConnectionConfig config, Application application) {
    Connection connection = stack.connect(local, remote, config, simulation.nowNs());
    connection.attach(application);
    touch();
    return connection;
  }

  /** Listens; every connection gets an application of its own. */
  public Listener listen(
      Endpoint local, ConnectionConfig config, Supplier<Application> applications) {
    Listener listener = stack.listen(local, 4096, config);
    listener.attach(applications);
    return listener;
  }

  /** The stack was given something to do: it is polled before time goes on. */
  public void touch() {
    isTouched = true;
  }

  @Override
  public void attach(Path path, boolean asA) {
    device.attach(path, asA);
  }

  @Override
  public void arrived(PacketBuffer packet) {
    device.arrived(packet);
    touch();
  }

  boolean isDue(long nowNs) {
    return isTouched || stack.nextDeadlineNs() <= nowNs;
  }

  long nextDeadlineNs() {
    return isTouched ? Long.MIN_VALUE : stack.nextDeadlineNs();
  }

  /** Feeds, polls and tells until nothing is left to do at this time. */
  void settle(long nowNs) {
    isTouched = false;
    for (PacketBuffer packet = device.take(); packet != null; packet = device.take()) {
      meta.clear();
      stack.receive(packet, meta, nowNs);
      packet.release();
    }
    for (int round = 0; round < MOST_ROUNDS; round++) {
      stack.poll(nowNs, door);
      heard = false;
      stack.news(this);
      if (!heard && stack.nextDeadlineNs() > nowNs) {
        isTouched = false;
        return;
      }
    }
    throw new SimulationException(
        "host "
            + name
            + " makes no progress at "
            + nowNs
            + " ns: its deadline stays "
            + stack.nextDeadlineNs());
  }

  @Override
  public void news(Connection connection, int what) {
    heard = true;
    if (connection.attachment() instanceof Application application) {
      application.news(connection, what, simulation.nowNs());
    }
  }

  @Override
  public void acceptable(Listener listener) {
    heard = true;
    if (listener.attachment() instanceof Supplier<?> applications) {
      for (Connection c = listener.accept(); c != null; c = listener.accept()) {
        Object application = applications.get();
        c.attach(application);
        // It may have ended before anybody accepted it.
        int gone = stack.connections().contains(c) ? 0 : CLOSED;
        news(c, CONNECTED | READABLE | WRITABLE | gone);
      }
    }
  }
}
