package io.hawser.workload;

import static io.hawser.workload.Background.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestResponseTest {
  private static final long MS = 1_000_000;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyRequestIsAnsweredOverTheKernel(boolean mptcp) throws IOException {
    RequestResponse exchange = new RequestResponse(100, 200, 5000);
    long untilNs = System.nanoTime() + 1000 * MS;
    try (SocketEngine engine = Needed.kernelEngine(mptcp);
        Loopback pair = Loopback.over(engine)) {
      Background server = Background.start(() -> exchange.answer(pair.server()));
      Background listener = Background.start(() -> exchange.hear(pair.client()));
      exchange.ask(pair.client(), untilNs);
      server.join();
      listener.join();
    }
    MessageReport report = exchange.report();
    assertThat(report.arrivedCount()).isEqualTo(report.sentCount());
    assertThat(report.wrongCount()).isZero();
    assertThat(report.lateCount()).isZero();
    assertThat(report.progress().bytes()).isEqualTo(5000 * report.sentCount());
    List<MessageReport.Arrival> replies = MessageStreamTest.arrivals(report);
    MessageStreamTest.assertNoneWasLeftOut(replies, 10 * MS, untilNs);
    List<Long> delays = replies.stream().map(MessageReport.Arrival::delayNs).toList();
    assertThat(delays).hasSize((int) report.sentCount()).allMatch(one -> one > 0);
    assertThat(delays.stream().sorted().toList().get(delays.size() / 2)).isLessThan(50 * MS);
  }

  @Test
  void requestsThatWaitedBehindASlowOneSaySo() throws IOException {
    RequestResponse exchange = new RequestResponse(100, 16, 16);
    try (Loopback pair = Loopback.open()) {
      Background listener = Background.start(() -> exchange.hear(pair.client()));
      Background client =
          Background.start(() -> exchange.ask(pair.client(), System.nanoTime() + 400 * MS));
      await("twenty-one requests are sent", () -> exchange.report().sentCount() >= 21);
      exchange.answer(pair.server());
      client.join();
      listener.join();
    }
    List<Long> delays = delays(exchange.report());
    assertThat(delays).hasSize((int) exchange.report().sentCount());
    // The first was due 200 ms before any was answered, and each next 10 ms later.
    for (int n = 0; n < 20; n++) {
      assertThat(delays.get(n)).isGreaterThanOrEqualTo((200 - 10 * n) * MS);
    }
  }

  @Test
  void sizesAreNeverSmallerThanAMessagesOwnAccount() throws IOException {
    RequestResponse exchange = new RequestResponse(200, 1, 0);
    try (Loopback pair = Loopback.open()) {
      Background server = Background.start(() -> exchange.answer(pair.server()));
      exchange.ask(pair.client(), System.nanoTime() + 50 * MS);
      exchange.hear(pair.client());
      server.join();
    }
    assertThat(exchange.report().progress().bytes()).isEqualTo(16 * exchange.report().sentCount());
    assertThat(exchange.report().wrongCount()).isZero();
  }

  @Test
  void anAnswerToAnotherRequestIsWrong() throws IOException {
    RequestResponse exchange = new RequestResponse(200, 16, 16);
    try (Loopback pair = Loopback.open()) {
      Background client =
          Background.start(() -> exchange.ask(pair.client(), System.nanoTime() + 60_000 * MS));
      DataInputStream in = new DataInputStream(pair.server().getInputStream());
      ByteBuffer request = ByteBuffer.allocate(16);
      for (int n = 0; n < 3; n++) {
        in.readFully(request.array());
        request.putLong(0, n == 1 ? 77 : n);
        pair.server().getOutputStream().write(request.array());
      }
      // The server goes after three answers.
      pair.server().shutdownOutput();
      exchange.hear(pair.client());
      assertThat(exchange.report().arrivedCount()).isEqualTo(3);
      assertThat(exchange.report().wrongCount()).isEqualTo(1);
      pair.server().close();
      assertThatThrownBy(client::join).isInstanceOf(IOException.class);
      assertThat(exchange.report().sentCount()).isGreaterThan(3);
    }
  }

  private static List<Long> delays(MessageReport report) {
    return MessageStreamTest.arrivals(report).stream().map(MessageReport.Arrival::delayNs).toList();
  }
}
