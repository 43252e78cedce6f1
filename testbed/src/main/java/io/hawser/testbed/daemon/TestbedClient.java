package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.report.EventCodec;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a testbed that is up. Not for several threads, {@link #subscribe} apart. */
public final class TestbedClient implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final String name;
  private final SocketChannel channel;
  private final BufferedReader in;
  private final BufferedWriter out;

  private TestbedClient(String name, SocketChannel channel) {
    this.name = name;
    this.channel = channel;
    in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
  }

  /**
   * Connects to the testbed of this name.
   *
   * @throws IOException if none is up, naming those that are
   */
  public static TestbedClient connect(String name) throws IOException {
    Path file = StateFolder.socket(name);
    if (Files.exists(file)) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(file));
        return new TestbedClient(name, channel);
      } catch (IOException e) {
        channel.close();
        // Nobody listens: its process was killed, and left the file.
        Files.deleteIfExists(file);
      }
    }
    List<String> there = running();
    throw new IOException(
        "no testbed named "
            + name
            + " is up"
            + (there.isEmpty() ? "" : "; up are " + String.join(", ", there))
            + "; `hawser testbed up` makes one");
  }

  /** Takes away the files of testbeds whose process was killed. */
  public static void sweep() throws IOException {
    StateFolder.sweep();
  }

  /** Names of all testbeds that are up. */
  public static List<String> running() throws IOException {
    List<String> all = new ArrayList<>();
    for (String name : StateFolder.names()) {
      if (isAnswered(name)) {
        all.add(name);
      }
    }
    return all;
  }

  static boolean isAnswered(String name) throws IOException {
    Path file = StateFolder.socket(name);
    if (!Files.exists(file)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      return false;
    }
  }

  private ControlReply ask(String action, String subject, String words) throws IOException {
    out.write(MAPPER.writeValueAsString(new ControlRequest(action, subject, words)));
    out.write('\n');
    out.flush();
    String line = in.readLine();
    if (line == null) {
      throw new IOException("the testbed " + name + " has ended");
    }
    ControlReply reply = MAPPER.readValue(line, ControlReply.class);
    if (!reply.error().isEmpty()) {
      throw new IOException(reply.error());
    }
    return reply;
  }

  private TestbedState state(ControlReply reply) throws IOException {
    TestbedState state = reply.state();
    if (state == null) {
      throw new IOException("the testbed " + name + " told no state");
    }
    return state;
  }

  /** How it stands. */
  public TestbedState status() throws IOException {
    return state(ask("status", "", ""));
  }

  /** Changes a link; see {@link io.hawser.testbed.Testbed#change}. */
  public TestbedState change(String link, String change) throws IOException {
    return state(ask("change", link, change));
  }

  /** {@code on}, {@code off} or {@code show}; what the kernel is set to then. */
  public String mptcp(String words) throws IOException {
    return ask("mptcp", "", words).text();
  }

  /** Starts a scenario with a stack (empty: its first one). */
  public String start(String scenario, String stack) throws IOException {
    return ask("start", scenario, stack).text();
  }

  /** Stops the scenario that runs. */
  public void stop() throws IOException {
    ask("stop", "", "");
  }

  /**
   * Takes the testbed down; returns when all of it is gone.
   *
   * @return where reports of its runs stay; empty if there are none
   */
  public String down() throws IOException {
    return ask("down", "", "").text();
  }

  /**
   * Hands events to a sink, until the testbed ends or {@link #close} is called from another thread.
   * The connection is of no other use then.
   */
  public void subscribe(EventSink sink) throws IOException {
    out.write(MAPPER.writeValueAsString(new ControlRequest("subscribe", "", "")));
    out.write('\n');
    out.flush();
    EventCodec codec = new EventCodec();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      @Nullable Event event = codec.event(line);
      if (event != null && sink.wants(event.getClass())) {
        sink.accept(event);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // There was nothing left to say.
      return;
    }
  }
}
