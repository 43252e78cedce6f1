package io.hawser.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.event.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventHubTest {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final EventHub.Limits SMALL = new EventHub.Limits(10, 0.5, 5, 3, 4);

  private static Event.LinkSample sample(double atSeconds, String link) {
    return new Event.LinkSample((long) (atSeconds * SECOND_NS), link, 1, 2, 3, 4, 0, 0, 0, 0);
  }

  private static Event.Note note(double atSeconds, String text) {
    return new Event.Note((long) (atSeconds * SECOND_NS), text);
  }

  @Test
  void historyIsBoundedInTimeSpacingAndSeries() {
    EventHub hub = new EventHub(SMALL);
    for (int i = 0; i < 1000; i++) {
      hub.accept(sample(i * 0.1, "wifi"));
    }
    List<HubMessage> kept = hub.history();
    assertThat(kept).hasSizeBetween(15, 21);
    double span = kept.getLast().atSeconds() - kept.getFirst().atSeconds();
    assertThat(span).isBetween(9.0, 10.0);
    for (int i = 0; i < 10; i++) {
      hub.accept(sample(100 + i, "link" + i));
    }
    assertThat(hub.history().stream().map(m -> ((Event.LinkSample) m.event()).link()).distinct())
        .containsExactly("link7", "link8", "link9");
  }

  @Test
  void logKeepsTheLatest() {
    EventHub hub = new EventHub(SMALL);
    for (int i = 0; i < 20; i++) {
      hub.accept(note(i, "note " + i));
    }
    assertThat(hub.history().stream().map(m -> ((Event.Note) m.event()).text()))
        .containsExactly("note 15", "note 16", "note 17", "note 18", "note 19");
  }

  @Test
  void slowSubscriberLosesOldSamplesAndKeepsFacts() throws InterruptedException {
    EventHub hub = new EventHub(SMALL);
    try (Subscription slow = hub.subscribe();
        Subscription other = hub.subscribe()) {
      hub.accept(note(0, "kept"));
      for (int i = 1; i <= 100; i++) {
        hub.accept(sample(i, "wifi"));
      }
      List<HubMessage> taken = slow.take(100, 0);
      assertThat(taken).hasSize(4);
      assertThat(taken.getFirst().event()).isEqualTo(note(0, "kept"));
      assertThat(taken.getLast().event()).isEqualTo(sample(100, "wifi"));
      assertThat(slow.lost()).isEqualTo(97);
      assertThat(other.take(2, 0)).hasSize(2);
    }
    assertThat(hub.watcherCount()).isZero();
  }

  private static Event.Reinjected again(double atSeconds, int from, int bytes) {
    return new Event.Reinjected((long) (atSeconds * SECOND_NS), 1, from, 1 - from, bytes);
  }

  @Test
  void floodOfReinjections_isAddedUp_othersStayInTheLog() {
    EventHub hub = new EventHub(SMALL);
    hub.accept(note(0, "kept"));
    for (int i = 0; i < 10_000; i++) {
      hub.accept(again(1 + i * 1e-4, 0, 1000));
    }
    hub.accept(again(1.5, 1, 7));
    hub.accept(sample(2.1, "wifi"));
    hub.accept(new Event.RunEnded(3 * SECOND_NS, ""));
    assertThat(
            hub.history().stream()
                .map(HubMessage::event)
                .filter(e -> !(e instanceof Event.LinkSample)))
        .containsExactly(
            note(0, "kept"),
            again(1, 0, 1000),
            again(1.5, 1, 7),
            again(2.1, 0, 9_999_000),
            new Event.RunEnded(3 * SECOND_NS, ""));
  }

  @Test
  void laterSubscriberSeesWhatWas() throws InterruptedException {
    EventHub hub = new EventHub();
    hub.accept(note(1, "before"));
    try (Subscription late = hub.subscribe()) {
      hub.accept(note(2, "after"));
      assertThat(late.take(10, 0).stream().map(m -> ((Event.Note) m.event()).text()))
          .containsExactly("before", "after");
    }
  }

  @Test
  void newRunForgetsConnectionsOfTheLastOneAndTimeGoesOn() {
    EventHub hub = new EventHub();
    hub.accept(sample(500, "wifi"));
    hub.accept(new Event.TransferSample(501 * SECOND_NS, "download", 1));
    hub.accept(new Event.RunStarted(0, "multi-path", "", "hawser", "virtual", 1, 1, 0, List.of()));
    List<HubMessage> kept = hub.history();
    assertThat(kept).hasSize(2);
    assertThat(kept.getLast().atSeconds()).isGreaterThan(kept.getFirst().atSeconds());
  }
}
