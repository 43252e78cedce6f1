package io.hawser.insight.meter;

import io.hawser.linux.InterfaceCounters;
import io.hawser.linux.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures by the kernel's counters. Every rate is a difference divided by the time that really
 * passed between two readings, however late they come.
 */
public final class Meter {
  /** One interface's first and last counters and its peaks. */
  private static final class Track {
    final InterfaceCounters first;
    final long firstNs;
    InterfaceCounters last;
    long lastNs;
    double rxPeak;
    double txPeak;

    Track(InterfaceCounters first, long firstNs) {
      this.first = first;
      this.firstNs = firstNs;
      last = first;
      lastNs = firstNs;
    }
  }

  private final @Nullable NetworkNamespace namespace;
  private final Map<String, Track> tracks = new LinkedHashMap<>();

  /**
   * Begins now.
   *
   * @param namespace null: the program's own
   * @param wanted names; empty: all but loopback
   * @throws IOException if a name is unknown, with those there are
   */
  public Meter(@Nullable NetworkNamespace namespace, List<String> wanted) throws IOException {
    this.namespace = namespace;
    long nowNs = System.nanoTime();
    List<String> there = new ArrayList<>();
    for (InterfaceCounters one : InterfaceCounters.read(namespace)) {
      there.add(one.name());
      boolean chosen = wanted.isEmpty() ? !one.name().equals("lo") : wanted.contains(one.name());
      if (chosen) {
        tracks.put(one.name(), new Track(one, nowNs));
      }
    }
    for (String name : wanted) {
      if (!tracks.containsKey(name)) {
        throw new IOException("no interface '" + name + "'; there are " + String.join(", ", there));
      }
    }
    if (tracks.isEmpty()) {
      throw new IOException("no interface but loopback; name it to measure it: hawser meter lo");
    }
  }

  /** What is measured. */
  public List<String> names() {
    return List.copyOf(tracks.keySet());
  }

  /** The speeds since the last call; interfaces that are gone give none. */
  public List<Reading> read() {
    List<InterfaceCounters> now = InterfaceCounters.read(namespace);
    long nowNs = System.nanoTime();
    List<Reading> all = new ArrayList<>();
    for (InterfaceCounters one : now) {
      Track track = tracks.get(one.name());
      if (track != null && nowNs > track.lastNs) {
        all.add(reading(track, one, nowNs));
      }
    }
    return all;
  }

  private static Reading reading(Track track, InterfaceCounters now, long nowNs) {
    double seconds = (nowNs - track.lastNs) / 1e9;
    double whole = (nowNs - track.firstNs) / 1e9;
    // An interface that was made anew counts from 0.
    double rx = Math.max(0, now.rxBytes() - track.last.rxBytes()) * 8 / seconds;
    double tx = Math.max(0, now.txBytes() - track.last.txBytes()) * 8 / seconds;
    track.rxPeak = Math.max(track.rxPeak, rx);
    track.txPeak = Math.max(track.txPeak, tx);
    track.last = now;
    track.lastNs = nowNs;
    long rxTotal = Math.max(0, now.rxBytes() - track.first.rxBytes());
    long txTotal = Math.max(0, now.txBytes() - track.first.txBytes());
    return new Reading(
        now.name(),
        nowNs,
        seconds,
        rx,
        tx,
        rxTotal * 8 / whole,
        txTotal * 8 / whole,
        track.rxPeak,
        track.txPeak,
        rxTotal,
        txTotal);
  }
}
