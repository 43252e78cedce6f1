package io.hawser.workload.iperf3;

import io.hawser.workload.SocketEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Runs one test against an iperf3 server, ours or the real one. */
public final class Iperf3Client {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SocketEngine engine;
  private final Iperf3Settings settings;
  private final Consumer<Iperf3Result.Interval> live;

  /** Sockets come from the engine; {@code live} hears of every second. */
  public Iperf3Client(
      SocketEngine engine, Iperf3Settings settings, Consumer<Iperf3Result.Interval> live) {
    this.engine = engine;
    this.settings = settings;
    this.live = live;
  }

  /**
   * The test, to its end.
   *
   * @throws Iperf3Exception with the reason: the server is busy, gone, or no iperf3
   */
  public Iperf3Result run(InetSocketAddress server) throws IOException {
    List<Iperf3Stream> streams = new ArrayList<>();
    byte[] cookie = Iperf3Control.newCookie();
    try (Iperf3Control control = new Iperf3Control(engine.connect(server, LIMIT))) {
      control.cookie(cookie);
      control.expect(Iperf3State.PARAM_EXCHANGE);
      control.send(settings.json());
      control.expect(Iperf3State.CREATE_STREAMS);
      for (int i = 0; i < settings.streams(); i++) {
        Socket socket = engine.connect(server, LIMIT);
        streams.add(new Iperf3Stream(i, socket, !settings.reverse(), settings));
        socket.getOutputStream().write(cookie);
        socket.getOutputStream().flush();
      }
      control.expect(Iperf3State.TEST_START);
      control.expect(Iperf3State.TEST_RUNNING);
      Iperf3Run run = new Iperf3Run(settings, streams, live);
      long startNs = System.nanoTime();
      run.until(() -> isOver(run, startNs));
      control.tell(Iperf3State.TEST_END);
      control.expect(Iperf3State.EXCHANGE_RESULTS);
      long own = settings.reverse() ? -1 : run.retransmits();
      control.send(Iperf3Result.told(streams, run.seconds(), own));
      JsonNode told = control.receive();
      control.expect(Iperf3State.DISPLAY_RESULTS);
      control.tell(Iperf3State.IPERF_DONE);
      List<Long> here = streams.stream().map(Iperf3Stream::bytes).toList();
      List<Long> there = Iperf3Result.bytes(told, streams);
      return new Iperf3Result(
          settings,
          run.seconds(),
          settings.reverse() ? there : here,
          settings.reverse() ? here : there,
          settings.reverse() ? Iperf3Result.retransmits(told) : own,
          run.intervals());
    } finally {
      for (Iperf3Stream stream : streams) {
        stream.close();
      }
    }
  }

  /** With -n and -R the server sends so much; we are through once it is here. */
  private boolean isOver(Iperf3Run run, long startNs) {
    if (settings.reverse() && settings.bytes() > 0) {
      return run.bytes() >= settings.bytes() * settings.streams();
    }
    return run.senderIsDone(startNs);
  }
}
