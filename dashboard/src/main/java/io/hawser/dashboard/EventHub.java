package io.hawser.dashboard;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes events from one source and hands them to any number of watchers. Keeps a bounded history,
 * so that who comes later sees what was. The source is never delayed: a watcher that is too slow
 * loses old samples.
 */
public final class EventHub implements EventSink {

  /**
   * How much is kept.
   *
   * @param historySeconds how old samples may become
   * @param spacingSeconds the least distance of two samples of a series in the history
   * @param logEvents how many events that are not samples
   * @param seriesCount how many series; the one that was silent for longest goes first
   * @param queued how many messages wait for one watcher
   */
  public record Limits(
      double historySeconds, double spacingSeconds, int logEvents, int seriesCount, int queued) {
    /** Ten minutes, a thousand events of the log. */
    public static final Limits USUAL = new Limits(600, 0.45, 1000, 256, 4096);
  }

  private final Limits limits;
  private final PageClock clock = new PageClock();
  private final Reinjections reinjections = new Reinjections();
  private final Map<String, Deque<HubMessage>> series = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<HubMessage> log = new ArrayDeque<>();
  private final List<Subscription> watchers = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private long number;
  private String gone = "";
  private boolean virtual;

  /** A hub with the usual limits. */
  public EventHub() {
    this(Limits.USUAL);
  }

  /** A hub with limits of its own. */
  public EventHub(Limits limits) {
    this.limits = limits;
  }

  @Override
  public boolean wants(Class<? extends Event> kind) {
    return kind != Event.CpuSample.class;
  }

  @Override
  public void accept(Event event) {
    if (!wants(event.getClass())) {
      return;
    }
    synchronized (lock) {
      reinjections.due(event).forEach(this::tell);
      Event told = event instanceof Event.Reinjected again ? reinjections.take(again) : event;
      if (told != null) {
        tell(told);
      }
    }
  }

  private void tell(Event event) {
    double atSeconds = clock.place(event.atNs(), System.currentTimeMillis() / 1e3);
    HubMessage message = new HubMessage(number++, atSeconds, event);
    if (event instanceof Event.RunStarted run) {
      virtual = run.clock().equals("virtual");
      forgetConnections();
    }
    remember(message);
    for (Subscription watcher : watchers) {
      watcher.put(message);
    }
  }

  /** The source is there (again). */
  public void sourceIsBack() {
    source("");
  }

  /** The source is gone; {@code reason} is for the person, and never empty. */
  public void sourceIsGone(String reason) {
    source(reason.isBlank() ? "the source has ended" : reason);
  }

  private void source(String reason) {
    synchronized (lock) {
      gone = reason;
      watchers.forEach(Subscription::wake);
    }
  }

  /** Why the source is gone; empty while it is there. */
  public String goneBecause() {
    synchronized (lock) {
      return gone;
    }
  }

  /** Where virtual time began on the page's axis; 0 if what is watched is real. */
  double virtualOriginSeconds() {
    synchronized (lock) {
      return virtual ? clock.originSeconds() : 0;
    }
  }

  /** A new watcher; what is in the history comes first. */
  Subscription subscribe() {
    synchronized (lock) {
      Subscription watcher = new Subscription(history(), limits.queued(), watchers::remove);
      watchers.add(watcher);
      return watcher;
    }
  }

  /** How many watch. */
  public int watcherCount() {
    return watchers.size();
  }

  /** Wakes all watchers, as something outside of the events changed. */
  void wakeAll() {
    watchers.forEach(Subscription::wake);
  }

  /** All that is kept, in the order of its arrival. */
  List<HubMessage> history() {
    synchronized (lock) {
      List<HubMessage> all = new ArrayList<>(log);
      series.values().forEach(all::addAll);
      all.sort(Comparator.comparingLong(HubMessage::number));
      return all;
    }
  }

  /** Numbers of connections begin again with each run. */
  private void forgetConnections() {
    series.keySet().removeIf(key -> !key.startsWith("link "));
  }

  private void remember(HubMessage message) {
    if (!message.isSample()) {
      log.addLast(message);
      if (log.size() > limits.logEvents()) {
        log.removeFirst();
      }
      return;
    }
    Deque<HubMessage> kept = series.computeIfAbsent(key(message.event()), _ -> new ArrayDeque<>());
    HubMessage last = kept.peekLast();
    if (last != null && message.atSeconds() - last.atSeconds() < limits.spacingSeconds()) {
      return;
    }
    kept.addLast(message);
    double oldest = message.atSeconds() - limits.historySeconds();
    while (kept.getFirst().atSeconds() < oldest) {
      kept.removeFirst();
    }
    if (series.size() > limits.seriesCount()) {
      Iterator<String> keys = series.keySet().iterator();
      keys.next();
      keys.remove();
    }
  }

  private static String key(Event event) {
    return switch (event) {
      case Event.LinkSample s -> "link " + s.link();
      case Event.SubflowSample s -> "sub " + s.host() + ' ' + s.connection() + ' ' + s.subflow();
      case Event.ConnectionSample s -> "conn " + s.host() + ' ' + s.connection();
      case Event.TransferSample s -> "transfer " + s.transfer();
      case Event.MessageDelay s -> "delay " + s.transfer();
      default -> "other";
    };
  }
}
