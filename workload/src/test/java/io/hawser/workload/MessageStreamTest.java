package io.hawser.workload;

import static io.hawser.workload.Background.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamTest {
  private static final long MS = 1_000_000;
  private static final long NO_DEADLINE = Long.MAX_VALUE;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void voiceOverTheKernelArrivesWholeAndInTime(boolean mptcp) throws IOException {
    MessageStream voice = new MessageStream(50, 160, 150 * MS);
    long untilNs = System.nanoTime() + 1000 * MS;
    try (SocketEngine engine = Needed.kernelEngine(mptcp);
        Loopback pair = Loopback.over(engine)) {
      Background receiver = Background.start(() -> voice.receive(pair.server()));
      voice.send(pair.client(), untilNs);
      receiver.join();
    }
    MessageReport report = voice.report();
    assertThat(report.arrivedCount()).isEqualTo(report.sentCount());
    assertThat(report.wrongCount()).isZero();
    assertThat(report.progress().bytes()).isEqualTo(160 * report.sentCount());
    List<MessageReport.Arrival> arrivals = arrivals(report);
    assertThat(arrivals).hasSize((int) report.sentCount());
    assertThat(arrivals).allMatch(one -> one.delayNs() >= 0);
    assertThat(lateOf(arrivals, 150 * MS)).isEqualTo(report.lateCount());
    assertNoneWasLeftOut(arrivals, 20 * MS, untilNs);
    assertThat(
            arrivals.stream()
                .map(MessageReport.Arrival::delayNs)
                .sorted()
                .toList()
                .get(arrivals.size() / 2))
        .isLessThan(50 * MS);
  }

  @Test
  void framesThatNobodyReadForAWhileAreLateByTheirAge() throws IOException {
    MessageStream game = new MessageStream(100, 100, 100 * MS);
    try (Loopback pair = Loopback.open()) {
      long untilNs = System.nanoTime() + 300 * MS;
      game.send(pair.client(), untilNs);
      long readNs = System.nanoTime();
      game.receive(pair.server());
      List<MessageReport.Arrival> arrivals = arrivals(game.report());
      assertThat(arrivals).hasSize((int) game.report().sentCount());
      assertThat(arrivals).allMatch(one -> one.atNs() >= readNs);
      assertNoneWasLeftOut(arrivals, 10 * MS, untilNs);
      // None was read before the end, when all but the last ten were older than 100 ms.
      assertThat(game.report().lateCount()).isGreaterThanOrEqualTo(arrivals.size() - 10);
      assertThat(game.report().lateCount()).isEqualTo(lateOf(arrivals, 100 * MS));
    }
  }

  @Test
  void waitingForAFullSocketCountsAsDelayAndNoFrameIsLeftOut() throws IOException {
    MessageStream television = new MessageStream(500, 16 * 1024, 100 * MS);
    try (Loopback pair = Loopback.narrow()) {
      long untilNs = System.nanoTime() + 600 * MS;
      Background sender = Background.start(() -> television.send(pair.client(), untilNs));
      long blockedNs = awaitBlocked(television.report());
      Background receiver = Background.start(() -> television.receive(pair.server()));
      sender.join();
      receiver.join();
      MessageReport report = television.report();
      assertThat(report.arrivedCount()).isEqualTo(report.sentCount());
      assertThat(report.wrongCount()).isZero();
      List<MessageReport.Arrival> arrivals = arrivals(report);
      assertNoneWasLeftOut(arrivals, 2 * MS, untilNs);
      long longestNs = arrivals.stream().mapToLong(MessageReport.Arrival::delayNs).max().orElse(0);
      assertThat(longestNs).isGreaterThanOrEqualTo(blockedNs);
      assertThat(report.lateCount()).isPositive();
    }
  }

  /** Until nothing was sent for 150 ms; how long that was. */
  private static long awaitBlocked(MessageReport report) {
    long[] seen = {-1, System.nanoTime()};
    await(
        "the socket is full",
        () -> {
          if (report.sentCount() != seen[0]) {
            seen[0] = report.sentCount();
            seen[1] = System.nanoTime();
          }
          return seen[0] > 0 && System.nanoTime() - seen[1] > 150 * MS;
        });
    return System.nanoTime() - seen[1];
  }

  @Test
  void aHoleInTheStreamIsTheLongestStall() throws IOException {
    MessageStream game = new MessageStream(100, 64, NO_DEADLINE);
    try (Loopback first = Loopback.open();
        Loopback second = Loopback.open()) {
      Background receiver = Background.start(() -> game.receive(second.server()));
      Background sender =
          Background.start(() -> game.send(first.client(), System.nanoTime() + 600 * MS));
      // A relay that stands still after ten frames until thirty more were sent.
      byte[] frame = new byte[64];
      for (int n = 0; n < 10; n++) {
        first.server().getInputStream().readNBytes(frame, 0, frame.length);
        second.client().getOutputStream().write(frame);
      }
      await("ten frames came", () -> game.report().progress().bytes() == 640);
      long stoodNs = System.nanoTime();
      await("thirty more are sent", () -> game.report().sentCount() >= 40);
      long wentOnNs = System.nanoTime();
      first.server().getInputStream().transferTo(second.client().getOutputStream());
      second.client().shutdownOutput();
      sender.join();
      receiver.join();
      assertThat(game.report().progress().longestStallNs())
          .isGreaterThanOrEqualTo(wentOnNs - stoodNs);
      assertThat(game.report().arrivedCount()).isEqualTo(game.report().sentCount());
    }
  }

  @Test
  void framesThatNeverCameAreMissingFromTheArrivals() throws IOException {
    MessageStream voice = new MessageStream(200, 160, NO_DEADLINE);
    byte[] all = record(voice, 200 * MS);
    assertThat(all.length).isEqualTo(160 * (int) voice.report().sentCount());
    // The stream ends within the eleventh frame.
    replay(voice, all, 10 * 160 + 7);
    assertThat(voice.report().arrivedCount()).isEqualTo(10);
    assertThat(voice.report().wrongCount()).isZero();
    assertThat(voice.report().progress().bytes()).isEqualTo(1600);
  }

  @Test
  void oneFalseByteIsOneWrongFrame() throws IOException {
    MessageStream voice = new MessageStream(200, 160, NO_DEADLINE);
    byte[] all = record(voice, 100 * MS);
    all[3 * 160 + 100] ^= 1;
    all[5 * 160] ^= 1;
    replay(voice, all, all.length);
    assertThat(voice.report().wrongCount()).isEqualTo(2);
    assertThat(voice.report().arrivedCount()).isEqualTo(voice.report().sentCount());
  }

  @Test
  void framesAreNeverSmallerThanTheirOwnAccount() throws IOException {
    MessageStream tiny = new MessageStream(200, 1, NO_DEADLINE);
    byte[] all = record(tiny, 50 * MS);
    assertThat(all.length).isEqualTo(24 * (int) tiny.report().sentCount());
  }

  @Test
  void aReceiverThatIsGoneEndsTheSender() throws IOException {
    MessageStream television = new MessageStream(1000, 16 * 1024, NO_DEADLINE);
    try (Loopback pair = Loopback.narrow()) {
      Background sender =
          Background.start(() -> television.send(pair.client(), System.nanoTime() + 60_000 * MS));
      await("a frame is sent", () -> television.report().sentCount() > 0);
      pair.server().close();
      assertThatThrownBy(sender::join).isInstanceOf(IOException.class);
    }
  }

  /**
   * One for each turn from the first until then. A message was due when its arrival minus its delay
   * says.
   */
  static void assertNoneWasLeftOut(
      List<MessageReport.Arrival> arrivals, long everyNs, long untilNs) {
    List<Long> dues = arrivals.stream().map(one -> one.atNs() - one.delayNs()).toList();
    assertThat(dues).isNotEmpty();
    for (int n = 0; n < dues.size(); n++) {
      assertThat(dues.get(n) - dues.getFirst()).isEqualTo(n * everyNs);
    }
    assertThat(untilNs - dues.getLast()).isPositive().isLessThanOrEqualTo(everyNs);
  }

  /** What a stream sends in this time. */
  private static byte[] record(MessageStream stream, long durationNs) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Loopback pair = Loopback.open()) {
      Background reader = Background.start(() -> pair.server().getInputStream().transferTo(all));
      stream.send(pair.client(), System.nanoTime() + durationNs);
      reader.join();
    }
    return all.toByteArray();
  }

  private static void replay(MessageStream stream, byte[] bytes, int count) throws IOException {
    try (Loopback pair = Loopback.open()) {
      Socket client = pair.client();
      client.getOutputStream().write(bytes, 0, count);
      client.shutdownOutput();
      stream.receive(pair.server());
    }
  }

  static List<MessageReport.Arrival> arrivals(MessageReport report) {
    List<MessageReport.Arrival> all = new ArrayList<>();
    for (MessageReport.Arrival one = report.poll(); one != null; one = report.poll()) {
      all.add(one);
    }
    return all;
  }

  private static long lateOf(List<MessageReport.Arrival> arrivals, long deadlineNs) {
    return arrivals.stream().filter(one -> one.delayNs() > deadlineNs).count();
  }
}
