package io.hawser.core;

import io.hawser.wire.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who listens where. */
final class Listeners {
  private final List<ListenerEntry> entries = new ArrayList<>();

  void add(ListenerEntry listener) {
    entries.add(listener);
  }

  void remove(ListenerEntry listener) {
    entries.remove(listener);
  }

  List<ListenerEntry> copy() {
    return List.copyOf(entries);
  }

  /** The listener that a segment to this endpoint is for: one address goes before all of them. */
  @Nullable ListenerEntry at(Endpoint at) {
    ListenerEntry found = null;
    for (ListenerEntry listener : entries) {
      if (listener.covers(at) && (found == null || found.local().address().isAny())) {
        found = listener;
      }
    }
    return found;
  }

  boolean collides(Endpoint at) {
    for (ListenerEntry listener : entries) {
      if (listener.local().equals(at) || listener.covers(at)) {
        return true;
      }
      boolean any = at.address().isAny() && listener.local().port() == at.port();
      if (any && (at.address().v6() || !listener.local().address().v6())) {
        return true;
      }
    }
    return false;
  }
}
