package io.hawser.cli.driver;

import io.hawser.core.api.Connection;
import io.hawser.core.api.Connection.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/** poll, with Linux's idea of which events a socket has. */
final class Readiness {
  private static final int IN = 1;
  private static final int PRI = 2;
  private static final int OUT = 4;
  private static final int ERR = 8;
  private static final int HUP = 16;
  private static final int NVAL = 32;
  private static final int RDHUP = 64;
  private static final String[] NAMES = {"in", "pri", "out", "err", "hup", "nval", "rdhup"};

  private record Watched(int number, int events) {}

  private final Descriptors descriptors;

  Readiness(Descriptors descriptors) {
    this.descriptors = descriptors;
  }

  /** {@code COUNT FD:EVENTS ...} of those that have any. */
  String poll(long millis, List<String> arguments) {
    List<Watched> watched = new ArrayList<>();
    for (String argument : arguments) {
      watched.add(parse(argument));
    }
    long deadlineNs = millis < 0 ? Bell.NEVER : System.nanoTime() + millis * 1_000_000;
    Semaphore turn = new Semaphore(0);
    List<Descriptor> joined = join(watched, turn);
    try {
      String ready = look(watched);
      while (ready.startsWith("0") && millis != 0 && Bell.sleep(turn, deadlineNs)) {
        ready = look(watched);
      }
      return ready.startsWith("0") ? look(watched) : ready;
    } finally {
      for (Descriptor socket : joined) {
        socket.bell.leave(turn);
      }
    }
  }

  private List<Descriptor> join(List<Watched> watched, Semaphore turn) {
    List<Descriptor> joined = new ArrayList<>();
    for (Watched one : watched) {
      if (descriptors.has(one.number)) {
        Descriptor socket = descriptors.find(one.number);
        socket.bell.join(turn);
        joined.add(socket);
      }
    }
    return joined;
  }

  private static Watched parse(String argument) {
    int colon = argument.indexOf(':');
    if (colon < 0) {
      throw new SocketError("EINVAL", "not FD:EVENTS: " + argument);
    }
    int events = 0;
    for (String name : argument.substring(colon + 1).toLowerCase(Locale.ROOT).split(",")) {
      events |= name.isEmpty() || name.equals("-") ? 0 : bit(name);
    }
    return new Watched((int) Request.number(argument.substring(0, colon)), events);
  }

  private static int bit(String name) {
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return 1 << i;
      }
    }
    throw new SocketError("EINVAL", "no event is called " + name);
  }

  private String look(List<Watched> watched) {
    StringBuilder out = new StringBuilder();
    int count = 0;
    for (Watched one : watched) {
      int has = descriptors.has(one.number) ? events(descriptors.find(one.number)) : NVAL;
      int told = has & (one.events | ERR | HUP | NVAL);
      if (told != 0) {
        count++;
        out.append(' ').append(one.number).append(':').append(text(told));
      }
    }
    return count + out.toString();
  }

  private static String text(int events) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < NAMES.length; i++) {
      if ((events & 1 << i) != 0) {
        out.append(out.isEmpty() ? "" : ",").append(NAMES[i]);
      }
    }
    return out.toString();
  }

  /** All events that a socket has now. */
  private static int events(Descriptor socket) {
    if (socket.isListening()) {
      return socket.front != null ? IN : 0;
    }
    Connection c = socket.connection;
    if (c == null) {
      return socket.deferred != null ? OUT : OUT | HUP;
    }
    int events = socket.pendingFailure() != null ? ERR : 0;
    Phase phase = c.phase();
    if (phase == Phase.CONNECTING) {
      return events;
    }
    boolean dead = phase == Phase.CLOSED;
    boolean ended = socket.readShut || dead || c.peerFinished();
    if (dead || (ended && socket.writeShut)) {
      events |= HUP;
    }
    if (ended) {
      events |= IN | RDHUP;
    }
    if (c.readableBytes() >= socket.options.readTarget(Integer.MAX_VALUE)) {
      events |= IN;
    }
    if (dead || socket.writeShut || c.writableBytes() > 0) {
      events |= OUT;
    }
    return events;
  }
}
