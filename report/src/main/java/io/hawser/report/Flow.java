package io.hawser.report;

import io.hawser.event.Event;
import java.util.List;

/** Which way most of a run's data went. */
public enum Flow {
  /** From client to server. */
  FORTH,
  /** From server to client. */
  BACK,
  /** Both ways. */
  BOTH;

  /** A return flow of acknowledgements stays below this share of the data's. */
  private static final double ALSO_DATA = 0.3;

  /** Judged by the bytes that came out of the links. */
  static Flow of(Recording run) {
    long forth = 0;
    long back = 0;
    for (List<Event.LinkSample> samples : run.links.values()) {
      forth += samples.getLast().forthBytes() - samples.getFirst().forthBytes();
      back += samples.getLast().backBytes() - samples.getFirst().backBytes();
    }
    if (Math.min(forth, back) > ALSO_DATA * Math.max(forth, back)) {
      return BOTH;
    }
    return back > forth ? BACK : FORTH;
  }

  /** One of two figures, or their sum. */
  long pick(long forth, long back) {
    return switch (this) {
      case FORTH -> forth;
      case BACK -> back;
      case BOTH -> forth + back;
    };
  }

  long bytes(Event.LinkSample sample) {
    return pick(sample.forthBytes(), sample.backBytes());
  }

  /** As in {@code client to server}. */
  String text() {
    return switch (this) {
      case FORTH -> "client to server";
      case BACK -> "server to client";
      case BOTH -> "both ways";
    };
  }
}
