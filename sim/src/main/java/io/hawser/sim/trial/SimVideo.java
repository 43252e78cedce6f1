package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.Simulation;
import io.hawser.sim.scenario.Workload;

/**
 * A film in segments, or one file as a film of one segment that nobody plays. The server sends a
 * segment for every request of 200 bytes.
 */
final class SimVideo implements SimWorkload {
  private static final int REQUEST_BYTES = 200;

  private final Simulation simulation;
  private final SimPair pair;
  private final EventSink events;
  private final String name;
  private final boolean plays;
  private final long segmentBytes;
  private final long segments;
  private final Workload.Video film;
  private long asked;
  private long served;
  private long fetched;
  private long playedNs;
  private long sinceNs;
  private long beganNs;
  private boolean playing;
  private boolean started;

  SimVideo(Simulation simulation, SimPair pair, Workload.Video film, EventSink events) {
    this.simulation = simulation;
    this.pair = pair;
    this.film = film;
    this.events = events;
    name = "video";
    plays = true;
    segmentBytes = Math.max(1, (long) (film.bitsPerSecond() / 8.0 * film.segmentNs() / 1e9));
    segments = (film.durationNs() + film.segmentNs() - 1) / film.segmentNs();
  }

  SimVideo(Simulation simulation, SimPair pair, Workload.Http file, EventSink events) {
    this.simulation = simulation;
    this.pair = pair;
    this.events = events;
    film = new Workload.Video(0, 0, 0, 0, 0);
    name = "download";
    plays = false;
    segmentBytes = file.bytes();
    segments = 1;
  }

  @Override
  public void start(long nowNs) {
    beganNs = nowNs;
    sinceNs = nowNs;
    pair.server()
        .heard((total, atNs) -> {
          while (total >= (served + 1) * REQUEST_BYTES) {
            served++;
            pair.server().send(segmentBytes, atNs);
          }
        });
    pair.client()
        .heard((total, atNs) -> {
          while (fetched < segments && total >= (fetched + 1) * segmentBytes) {
            fetched++;
            segment(atNs);
          }
        });
    ask(nowNs);
  }

  private void ask(long nowNs) {
    if (asked < segments) {
      asked++;
      pair.client().send(REQUEST_BYTES, nowNs);
    }
    if (asked == segments) {
      pair.client().end(nowNs);
    }
  }

  private void segment(long nowNs) {
    if (!plays) {
      return;
    }
    long beforeNs = (fetched - 1) * film.segmentNs();
    if (playing) {
      long playableNs = beforeNs - playedNs;
      long passedNs = nowNs - sinceNs;
      playedNs += Math.min(playableNs, passedNs);
      playing = passedNs <= playableNs;
      sinceNs = playing ? nowNs : sinceNs + playableNs;
    }
    long thereNs = fetched * film.segmentNs();
    if (!playing && (thereNs - playedNs >= film.startNs() || fetched == segments)) {
      if (started) {
        events.accept(new Event.PlaybackStall(nowNs, name, nowNs - sinceNs));
      } else {
        long afterMs = (nowNs - beganNs) / 1_000_000;
        events.accept(new Event.Note(nowNs, "playing began after " + afterMs + " ms"));
      }
      started = true;
      playing = true;
      sinceNs = nowNs;
    }
    long bufferedNs = playing ? thereNs - playedNs : 0;
    long restNs = Math.max(0, bufferedNs - Math.max(film.aheadNs(), film.segmentNs()));
    simulation.after(restNs, () -> ask(simulation.nowNs()));
  }

  @Override
  public boolean isDone() {
    if (pair.server().inputEnded()) {
      pair.server().end(simulation.nowNs());
    }
    boolean failed = !pair.client().failure().isEmpty() || !pair.server().failure().isEmpty();
    return failed || pair.client().inputEnded();
  }

  @Override
  public void sample(long nowNs, EventSink sink) {
    sink.accept(new Event.TransferSample(nowNs, name, pair.client().receivedBytes()));
  }

  @Override
  public void results(long nowNs, String patience, EventSink sink) {
    sink.accept(SimWorkload.ended(nowNs, name, pair.server(), pair.client(), patience));
  }
}
