package io.hawser.cli.driver;

import io.hawser.core.Listener;
import io.hawser.wire.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The table of open sockets that all sessions share. */
final class Descriptors {
  private static final int FIRST = 3;

  private final TreeMap<Integer, Descriptor> open = new TreeMap<>();

  /** Gives the lowest free number. */
  synchronized int add(Descriptor socket) {
    int number = FIRST;
    while (open.containsKey(number)) {
      number++;
    }
    open.put(number, socket);
    return number;
  }

  synchronized Descriptor find(int number) {
    Descriptor socket = open.get(number);
    if (socket == null) {
      throw new SocketError("EBADF", "no descriptor " + number);
    }
    return socket;
  }

  synchronized boolean has(int number) {
    return open.containsKey(number);
  }

  synchronized Descriptor remove(int number) {
    Descriptor socket = find(number);
    open.remove(number);
    return socket;
  }

  synchronized List<Descriptor> all() {
    return new ArrayList<>(open.values());
  }

  /** Whether another socket's hold on a port excludes this one's. */
  synchronized boolean conflicts(Descriptor wanting, Endpoint at) {
    for (Descriptor other : open.values()) {
      Listener listener = other.listener;
      Endpoint theirs = listener != null ? listener.local() : other.bound;
      if (other == wanting || theirs == null || theirs.port() != at.port()) {
        continue;
      }
      boolean bothReuse =
          wanting.options.isOn("socket REUSEADDR") && other.options.isOn("socket REUSEADDR");
      boolean bothReusePort =
          wanting.options.isOn("socket REUSEPORT") && other.options.isOn("socket REUSEPORT");
      if (overlap(theirs, at) && !bothReusePort && !(bothReuse && listener == null)) {
        return true;
      }
    }
    return false;
  }

  private static boolean overlap(Endpoint a, Endpoint b) {
    return a.address().isAny() || b.address().isAny() || a.address().equals(b.address());
  }
}
