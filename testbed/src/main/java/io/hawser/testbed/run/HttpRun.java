package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Workload;
import io.hawser.workload.HttpDownload;
import io.hawser.workload.Progress;
import io.hawser.workload.VideoSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Downloads by HTTP: one file, or a film in segments. */
final class HttpRun implements WorkloadRun {
  private final Connections connections;
  private final Workload workload;
  private final long seed;
  private final Threads threads = new Threads();
  private final Progress progress = new Progress();
  private volatile boolean right = true;
  private @Nullable VideoSession video;

  HttpRun(Connections connections, Workload workload, long seed) {
    this.connections = connections;
    this.workload = workload;
    this.seed = seed;
  }

  @Override
  public void start(long untilNs) throws IOException {
    HttpDownload download =
        new HttpDownload(connections.connectHttp(seed), connections.service(), progress);
    switch (workload) {
      case Workload.Http http ->
          threads.start(true, "get", () -> right = download.get("/bytes/" + http.bytes()));
      case Workload.Video film -> {
        VideoSession session =
            new VideoSession(
                download, film.bitsPerSecond(), film.segmentNs(), film.startNs(), film.aheadNs());
        video = session;
        threads.start(true, "watch", () -> session.watch(film.durationNs()));
      }
      default -> throw new IllegalStateException("no download: " + workload);
    }
  }

  @Override
  public boolean isDone() {
    return threads.areDone();
  }

  @Override
  public void sample(long atNs, EventSink sink) {
    sink.accept(new Event.TransferSample(atNs, name(), progress.bytes()));
    VideoSession session = video;
    if (session != null) {
      for (VideoSession.Stall one = session.poll(); one != null; one = session.poll()) {
        sink.accept(new Event.PlaybackStall(one.toNs(), name(), one.toNs() - one.fromNs()));
      }
    }
    connections.sample(atNs, sink);
  }

  private String name() {
    return workload instanceof Workload.Video ? "video" : "download";
  }

  @Override
  public void results(long atNs, String patience, EventSink sink) {
    sample(atNs, sink);
    VideoSession session = video;
    boolean verified = right && (session == null || session.wrongCount() == 0);
    String error = patience.isEmpty() ? threads.error() : patience;
    if (error.isEmpty()) {
      connections.endWell();
    }
    if (session != null && session.startUpNs() >= 0) {
      sink.accept(
          new Event.Note(atNs, "playing began after " + session.startUpNs() / 1_000_000 + " ms"));
    }
    sink.accept(
        new Event.TransferEnded(
            atNs,
            name(),
            progress.bytes(),
            progress.firstNs(),
            progress.lastNs(),
            progress.longestStallNs(),
            verified && error.isEmpty(),
            error));
  }

  @Override
  public void close() {
    connections.close();
  }
}
