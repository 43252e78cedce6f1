package io.hawser.workload.iperf3;

import io.hawser.workload.SocketEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Runs one test against an iperf3 server, ours or the real one. */
public final class Iperf3Client {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SocketEngine engine;
  private final Iperf3Settings settings;
  private final Consumer<Iperf3Result.Interval> live;
  private volatile @Nullable Iperf3Run running;

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
      for (int i = 0; i < settings.connections(); i++) {
        Socket socket = engine.connect(server, LIMIT);
        streams.add(new Iperf3Stream(i, socket, settings.clientSends(i), settings));
        socket.getOutputStream().write(cookie);
        socket.getOutputStream().flush();
      }
      control.expect(Iperf3State.TEST_START);
      control.expect(Iperf3State.TEST_RUNNING);
      Iperf3Run run = new Iperf3Run(settings, streams, live);
      running = run;
      long startNs = System.nanoTime();
      run.until(() -> isOver(run, startNs));
      control.tell(Iperf3State.TEST_END);
      control.expect(Iperf3State.EXCHANGE_RESULTS);
      control.send(Iperf3Result.told(streams, run.seconds(), run.retransmits()));
      JsonNode told = control.receive();
      control.expect(Iperf3State.DISPLAY_RESULTS);
      control.tell(Iperf3State.IPERF_DONE);
      return Iperf3Result.of(settings, run, streams, told);
    } finally {
      for (Iperf3Stream stream : streams) {
        stream.close();
      }
    }
  }

  /** What this end has counted so far in one direction; from any thread. */
  public long bytes(boolean fromClient) {
    Iperf3Run run = running;
    return run == null ? 0 : run.bytes(fromClient);
  }

  /** With -n a server sends so much; we are through once it is here. */
  private boolean isOver(Iperf3Run run, long startNs) {
    boolean heard = settings.bytes() == 0 || run.receivedAll();
    return heard && run.senderIsDone(startNs);
  }
}
