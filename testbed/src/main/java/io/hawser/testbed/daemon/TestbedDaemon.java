package io.hawser.testbed.daemon;

import io.hawser.report.EventCodec;
import io.hawser.sim.scenario.Topology;
import io.hawser.testbed.Host;
import io.hawser.testbed.LinkStatus;
import io.hawser.testbed.Testbed;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Owns a testbed until it is told to take it down, and does what clients ask. One platform thread a
 * client: there are few, and some tasks of theirs enter namespaces.
 */
public final class TestbedDaemon implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final Testbed testbed;
  private final Path socketFile;
  private final ServerSocketChannel listener;
  private final Feed feed = new Feed();
  private final Sampler sampler;
  private final RunControl runs;
  private final CountDownLatch down = new CountDownLatch(1);

  private TestbedDaemon(Testbed testbed, Path socketFile, ServerSocketChannel listener)
      throws IOException {
    this.testbed = testbed;
    this.socketFile = socketFile;
    this.listener = listener;
    sampler = new Sampler(testbed, feed);
    runs = new RunControl(testbed, feed, StateFolder.runs(testbed.name()));
    testbed.events(feed);
  }

  /** Makes the testbed and listens; {@link #serve} does the rest. */
  public static TestbedDaemon start(String name, Topology topology) throws IOException {
    return start(name, topology, Testbed.anySeed());
  }

  /** The same with a seed. */
  public static TestbedDaemon start(String name, Topology topology, long seed) throws IOException {
    Path socketFile = StateFolder.socket(name);
    if (TestbedClient.isAnswered(name)) {
      throw new IOException(
          "a testbed named " + name + " is up; `hawser testbed down --name " + name + "` ends it");
    }
    Files.deleteIfExists(socketFile);
    Testbed testbed = Testbed.up(name, topology, seed);
    try {
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socketFile));
      return new TestbedDaemon(testbed, socketFile, listener);
    } catch (IOException e) {
      testbed.close();
      throw e;
    }
  }

  /** Answers clients until {@code down} is asked for or the process is told to end. */
  public void serve() throws InterruptedException {
    sampler.start();
    Thread.ofPlatform().daemon().name("testbed-control").start(this::accept);
    down.await();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        Thread.ofPlatform().daemon().name("testbed-client").start(() -> answer(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        System.err.println("testbed: cannot accept a client: " + e.getMessage());
      }
    }
  }

  private void answer(SocketChannel client) {
    try (client;
        BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        BufferedWriter out =
            new BufferedWriter(Channels.newWriter(client, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        ControlRequest request = MAPPER.readValue(line, ControlRequest.class);
        if (request.action().equals("subscribe")) {
          stream(out);
          return;
        }
        ControlReply reply = reply(request);
        send(out, MAPPER.writeValueAsString(reply));
        if (request.action().equals("down") && reply.error().isEmpty()) {
          down.countDown();
        }
      }
    } catch (JacksonException e) {
      System.err.println("testbed: a client spoke no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      // The client went away; that is its right.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(BufferedWriter out, String line) throws IOException {
    out.write(line);
    out.write('\n');
    out.flush();
  }

  private void stream(BufferedWriter out) throws IOException, InterruptedException {
    EventCodec codec = new EventCodec();
    Feed.Listener events = feed.listen();
    try {
      while (true) {
        send(out, codec.line(events.take()));
      }
    } finally {
      feed.leave(events);
    }
  }

  private ControlReply reply(ControlRequest request) throws InterruptedException {
    try {
      return switch (request.action()) {
        case "status" -> new ControlReply("", "", state());
        case "change" -> {
          testbed.change(request.subject(), request.words());
          yield new ControlReply("", "", state());
        }
        case "mptcp" -> {
          if (!request.words().equals("show")) {
            testbed.mptcp(request.words().equals("on"));
          }
          yield ControlReply.text(testbed.mptcpText());
        }
        case "start" -> {
          runs.start(request.subject(), request.words());
          yield ControlReply.text(runs.running() + " has begun");
        }
        case "stop" -> {
          runs.stop();
          yield ControlReply.text("");
        }
        case "down" -> {
          close();
          yield ControlReply.text(runs.finished().isEmpty() ? "" : runs.folder().toString());
        }
        default -> ControlReply.error("unknown action '" + request.action() + "'");
      };
    } catch (IOException | RuntimeException e) {
      return ControlReply.error(String.valueOf(e.getMessage()));
    }
  }

  private TestbedState state() {
    List<TestbedState.Node> nodes = new ArrayList<>();
    for (Host host : testbed.hosts()) {
      List<String> addresses = new ArrayList<>();
      host.kernelAddresses(false).forEach(address -> addresses.add(address.toString()));
      host.kernelAddresses(true).forEach(address -> addresses.add(address.toString()));
      if (host == testbed.server()) {
        addresses.addFirst(Testbed.kernelService(false).toString());
      }
      nodes.add(new TestbedState.Node(host.name(), host.namespace().path(), addresses));
    }
    List<TestbedState.LinkState> links = new ArrayList<>();
    for (LinkStatus link : testbed.links()) {
      var spec = testbed.topology().link(link.name());
      links.add(
          new TestbedState.LinkState(
              link.name(),
              spec.from(),
              spec.to(),
              link.up(),
              link.blackhole(),
              link.present(),
              link.forth().toString(),
              link.back().toString(),
              link.emulator().toString()));
    }
    return new TestbedState(
        testbed.name(),
        testbed.topology().name(),
        testbed.topology().title(),
        testbed.seed(),
        ProcessHandle.current().pid(),
        runs.running(),
        nodes,
        links,
        runs.finished());
  }

  /** Takes the testbed down. Idempotent. */
  @Override
  public synchronized void close() {
    try {
      runs.stop();
      sampler.close();
      listener.close();
      Files.deleteIfExists(socketFile);
    } catch (IOException e) {
      System.err.println("testbed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    testbed.close();
    try {
      StateFolder.forgetLog(testbed.name());
    } catch (IOException e) {
      System.err.println("testbed: " + e.getMessage());
    }
  }
}
