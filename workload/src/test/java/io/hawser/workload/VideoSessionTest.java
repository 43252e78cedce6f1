package io.hawser.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** Films of 800 kbit/s in segments of 100 ms, from a server whose answers come when they should. */
class VideoSessionTest {
  private static final long MS = 1_000_000;
  private static final long BITS_PER_SECOND = 800_000;
  private static final long SEGMENT_NS = 100 * MS;
  private static final int SEGMENT_BYTES = 10_000;
  private static final long START_NS = 200 * MS;
  private static final long AHEAD_NS = 300 * MS;

  /** Between two readings of the clock that mean the same moment, on a busy machine. */
  private static final long SLACK_NS = 50 * MS;

  /** A server that answers each segment so much later, in a connection of its own to it. */
  private static final class Cinema implements AutoCloseable {
    final HttpServer server;
    final Socket socket;
    final Progress progress = new Progress();
    final VideoSession film;
    final List<Long> askedNs = new CopyOnWriteArrayList<>();
    final List<Long> answeredNs = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
    private final IntToLongFunction delayNs;
    private final String sum;

    Cinema(String sum, IntToLongFunction delayNs) throws IOException {
      this.sum = sum;
      this.delayNs = delayNs;
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      server.createContext("/bytes/" + SEGMENT_BYTES, this::segment);
      server.start();
      socket = new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort());
      socket.setSoTimeout(30_000);
      film =
          new VideoSession(
              new HttpDownload(socket, "cinema", progress),
              BITS_PER_SECOND,
              SEGMENT_NS,
              START_NS,
              AHEAD_NS);
    }

    private void segment(HttpExchange exchange) {
      int number = askedNs.size();
      askedNs.add(System.nanoTime());
      ScheduledFuture<?> _ =
          later.schedule(() -> answer(exchange), delayNs.applyAsLong(number), TimeUnit.NANOSECONDS);
    }

    private void answer(HttpExchange exchange) {
      answeredNs.add(System.nanoTime());
      try (exchange) {
        if (!sum.isEmpty()) {
          exchange.getResponseHeaders().add("X-Sha256", sum);
        }
        exchange.sendResponseHeaders(200, SEGMENT_BYTES);
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(new byte[SEGMENT_BYTES]);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    List<VideoSession.Stall> stalls() {
      List<VideoSession.Stall> all = new ArrayList<>();
      for (VideoSession.Stall one = film.poll(); one != null; one = film.poll()) {
        all.add(one);
      }
      return all;
    }

    @Override
    public void close() throws IOException {
      later.shutdownNow();
      server.stop(0);
      socket.close();
    }
  }

  @Test
  void aFastServerNeverLetsTheFilmStandStillAndIsNotAskedTooEarly() throws IOException {
    try (Cinema cinema = new Cinema("", number -> 0)) {
      long startNs = System.nanoTime();
      cinema.film.watch(2000 * MS);
      long tookNs = System.nanoTime() - startNs;
      assertThat(cinema.progress.bytes()).isEqualTo(20L * SEGMENT_BYTES);
      assertThat(cinema.film.startUpNs()).isBetween(0L, tookNs);
      assertThat(cinema.stalls()).isEmpty();
      assertThat(cinema.film.wrongCount()).isZero();
      // A segment is asked for when no more than 300 ms are there: the fifth 100 ms after the
      // beginning, and so on.
      long beganNs = startNs + cinema.film.startUpNs();
      for (int n = 4; n < 20; n++) {
        assertThat(cinema.askedNs.get(n) - beganNs)
            .as("segment %d", n)
            .isGreaterThanOrEqualTo((n - 3) * SEGMENT_NS - MS);
      }
    }
  }

  @Test
  void aStallThatAnErrorCutsOffIsTold() throws IOException {
    try (Cinema cinema = new Cinema("", number -> number < 3 ? 0 : 60_000 * MS)) {
      CompletableFuture<Long> failedNs =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  cinema.film.watch(2000 * MS);
                  return -1L;
                } catch (IOException e) {
                  return System.nanoTime();
                }
              },
              task -> Thread.ofPlatform().daemon().start(task));
      // The film has begun, and what is there is over 300 ms later.
      long limitNs = System.nanoTime() + 20_000 * MS;
      while ((cinema.askedNs.size() < 4 || System.nanoTime() - cinema.askedNs.get(3) < 600 * MS)
          && System.nanoTime() < limitNs) {
        LockSupport.parkNanos(MS);
      }
      cinema.server.stop(0);
      long endNs = failedNs.join();
      assertThat(endNs).isPositive();
      VideoSession.Stall stall = cinema.stalls().getLast();
      assertThat(stall.toNs()).isLessThanOrEqualTo(endNs);
      assertThat(stall.toNs() - stall.fromNs()).isGreaterThan(200 * MS);
    }
  }

  @Test
  void playingBeginsWhenEnoughIsThere() throws IOException {
    try (Cinema cinema = new Cinema("", number -> number < 2 ? 150 * MS : 0)) {
      long startNs = System.nanoTime();
      cinema.film.watch(500 * MS);
      long secondNs = cinema.answeredNs.get(1) - startNs;
      assertThat(cinema.film.startUpNs()).isGreaterThanOrEqualTo(300 * MS);
      assertThat(cinema.film.startUpNs()).isGreaterThanOrEqualTo(secondNs - SLACK_NS);
      assertThat(cinema.film.startUpNs()).isLessThan(cinema.askedNs.get(2) - startNs + MS);
      assertThat(cinema.stalls()).isEmpty();
    }
  }

  @Test
  void aSegmentThatComesLateIsOneStallOfWhatWasNotThere() throws IOException {
    int late = 8;
    try (Cinema cinema = new Cinema("", number -> number == late ? 800 * MS : 0)) {
      long startNs = System.nanoTime();
      cinema.film.watch(1500 * MS);
      List<VideoSession.Stall> stalls = cinema.stalls();
      assertThat(stalls).hasSize(1);
      VideoSession.Stall stall = stalls.getFirst();
      // Eight segments were there and played without a pause; then nothing until two more came.
      long dryNs = startNs + cinema.film.startUpNs() + late * SEGMENT_NS;
      assertThat(stall.fromNs()).isBetween(dryNs - MS, dryNs + SLACK_NS);
      assertThat(stall.toNs()).isGreaterThanOrEqualTo(cinema.answeredNs.get(late + 1));
      assertThat(stall.toNs()).isLessThanOrEqualTo(cinema.askedNs.get(late + 2) + MS);
      assertThat(stall.toNs() - stall.fromNs()).isGreaterThanOrEqualTo(450 * MS);
      assertThat(cinema.progress.bytes()).isEqualTo(15L * SEGMENT_BYTES);
    }
  }

  @Test
  void aServerSlowerThanTheFilmStallsAgainAndAgain() throws IOException {
    try (Cinema cinema = new Cinema("", number -> 150 * MS)) {
      long startNs = System.nanoTime();
      cinema.film.watch(1000 * MS);
      long tookNs = System.nanoTime() - startNs;
      List<VideoSession.Stall> stalls = cinema.stalls();
      assertThat(stalls.size()).isGreaterThanOrEqualTo(2);
      long standingNs = stalls.stream().mapToLong(one -> one.toNs() - one.fromNs()).sum();
      // Ten segments at 150 ms take 1.5 s, in which not more than nine can have been played.
      assertThat(cinema.film.startUpNs() + standingNs)
          .isBetween(tookNs - 10 * SEGMENT_NS - SLACK_NS, tookNs);
      for (int n = 1; n < stalls.size(); n++) {
        assertThat(stalls.get(n).fromNs()).isGreaterThan(stalls.get(n - 1).toNs());
      }
    }
  }

  @Test
  void segmentsWithFalseBytesAreCounted() throws IOException {
    try (Cinema cinema = new Cinema("00", number -> 0)) {
      cinema.film.watch(300 * MS);
      assertThat(cinema.film.wrongCount()).isEqualTo(3);
    }
  }

  @Test
  void aServerThatGoesAwayEndsTheFilm() throws IOException {
    try (Cinema cinema = new Cinema("", number -> number < 3 ? 0 : 60_000 * MS)) {
      Background viewer = Background.start(() -> cinema.film.watch(10_000 * MS));
      Background.await("the fourth segment is asked for", () -> cinema.askedNs.size() == 4);
      cinema.server.stop(0);
      assertThatThrownBy(viewer::join).isInstanceOf(IOException.class);
      assertThat(cinema.progress.bytes()).isEqualTo(3L * SEGMENT_BYTES);
    }
  }
}
