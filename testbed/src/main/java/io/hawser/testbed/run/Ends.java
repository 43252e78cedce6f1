package io.hawser.testbed.run;

import io.hawser.core.api.ConnectionConfig;
import io.hawser.event.EventSink;
import io.hawser.linux.NetworkNamespace;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Topology;
import io.hawser.socket.Addresses;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.testbed.Host;
import io.hawser.testbed.Testbed;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import io.hawser.workload.HawserEngine;
import io.hawser.workload.KernelEngine;
import io.hawser.workload.SocketEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * The two stacks of a run: where its client connects from, and where its server listens.
 *
 * @param client makes the client's sockets
 * @param server makes the server's
 * @param service the address the server listens at
 * @param farewell knows which connections have not come to their end
 */
record Ends(SocketEngine client, SocketEngine server, InetAddress service, Farewell farewell)
    implements AutoCloseable {
  static final String CLIENT_THREADS = "hawser-trial-client";
  static final String SERVER_THREADS = "hawser-trial-server";

  /**
   * Sets up what the stack choice says; the client's Hawser, or else the server's, tells events.
   */
  static Ends open(Testbed testbed, Scenario scenario, StackChoice stack, EventSink told)
      throws IOException {
    Farewell events = new Farewell(told);
    if (stack == StackChoice.SCTP) {
      throw new IllegalArgumentException("SCTP has no sockets of the JDK's kind");
    }
    testbed.mptcp(stack.isMultipath());
    boolean hawserServes = stack.hawserServer();
    IpAddress service = hawserServes ? Testbed.stackService(false) : Testbed.kernelService(false);
    SocketEngine server = null;
    try {
      server =
          hawserServes
              ? hawser(
                  testbed.server(),
                  scenario,
                  stack,
                  List.of(service),
                  stack.hawserClient() ? EventSink.NONE : events)
              : kernel(testbed.server().namespace(), scenario, stack);
      SocketEngine client =
          stack.hawserClient()
              ? hawserClient(testbed, scenario, stack, events)
              : kernel(testbed.client().namespace(), scenario, stack);
      return new Ends(client, server, Addresses.of(service), events);
    } catch (IOException | DeviceException e) {
      if (server != null) {
        server.close();
      }
      throw e;
    }
  }

  private static SocketEngine kernel(
      NetworkNamespace namespace, Scenario scenario, StackChoice stack) {
    return new KernelEngine(namespace, stack.isMultipath(), scenario.congestion());
  }

  private static HawserEngine hawser(
      Host host,
      Scenario scenario,
      StackChoice stack,
      List<IpAddress> addresses,
      EventSink events) {
    ConnectionConfig settings =
        ConnectionConfig.multipathDefaults()
            .withMultipath(stack.isMultipath())
            .withCongestionControl(scenario.congestion());
    if (!scenario.scheduler().isEmpty()) {
      settings = settings.withScheduler(scenario.scheduler());
    }
    boolean isClient = host.name().equals(Topology.CLIENT);
    HawserConfig config =
        new HawserConfig()
            .name(isClient ? CLIENT_THREADS : SERVER_THREADS)
            .connection(settings)
            .events(events);
    return new HawserEngine(host.openStack(config, addresses), settings);
  }

  private static HawserEngine hawserClient(
      Testbed testbed, Scenario scenario, StackChoice stack, EventSink events) throws IOException {
    Host host = testbed.client();
    List<IpAddress> addresses = host.stackAddresses(false);
    if (!stack.isMultipath()) {
      return hawser(host, scenario, stack, addresses.subList(0, 1), events);
    }
    HawserEngine engine = hawser(host, scenario, stack, addresses, events);
    List<Topology.Route> paths = scenario.topology().paths();
    try {
      if (paths.stream().anyMatch(path -> path.access().backup())) {
        backups(engine.hawser(), paths, addresses);
      }
      return engine;
    } catch (IOException e) {
      engine.close();
      throw e;
    }
  }

  /** The words of ip mptcp, as a user would give them. */
  private static void backups(Hawser hawser, List<Topology.Route> paths, List<IpAddress> addresses)
      throws IOException {
    hawser.execute("limits set subflows 8 add_addr_accepted 8");
    for (int n = 0; n < paths.size(); n++) {
      LinkSpec access = paths.get(n).access();
      hawser.execute(
          "endpoint add " + addresses.get(n) + " subflow" + (access.backup() ? " backup" : ""));
    }
  }

  @Override
  public void close() {
    farewell.await();
    client.close();
    server.close();
  }
}
