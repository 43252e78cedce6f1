package io.hawser.sim.trial;

import io.hawser.core.NewsSink;
import io.hawser.core.api.Connection;
import io.hawser.sim.Application;
import io.hawser.sim.Pattern;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in virtual time: sends what it is told to, checks what it receives. What
 * is said by it and what it means is its workload's business.
 */
final class SimPeer implements Application {
  private static final int SCRATCH = 64 * 1024;

  /** Hears of bytes that came. */
  @FunctionalInterface
  interface Heard {
    void received(long total, long nowNs);
  }

  private final Pattern out;
  private final Pattern in;
  private final MemorySegment scratch = Arena.ofAuto().allocate(SCRATCH, 8);
  private Heard heard = (total, nowNs) -> {};
  private @Nullable Connection connection;
  private long owedBytes;
  private long sentBytes;
  private boolean endsAfter;
  private boolean isShut;
  private long receivedBytes;
  private boolean inputEnded;
  private boolean wrong;
  private boolean closed;
  private long firstNs;
  private long lastNs;
  private long longestStallNs;

  SimPeer(long outSeed, long inSeed) {
    out = new Pattern(outSeed);
    in = new Pattern(inSeed);
  }

  SimPeer heard(Heard next) {
    heard = next;
    return this;
  }

  /** So many bytes more are to be sent. */
  void send(long bytes, long nowNs) {
    owedBytes += bytes;
    pump(nowNs);
  }

  /** Sends whatever fits, until {@link #end}. */
  void sendAll(long nowNs) {
    owedBytes = Long.MAX_VALUE;
    pump(nowNs);
  }

  /** No more bytes than those that the connection has taken, or that are owed. */
  void end(long nowNs) {
    if (owedBytes == Long.MAX_VALUE) {
      owedBytes = sentBytes;
    }
    endsAfter = true;
    pump(nowNs);
  }

  @Override
  public void news(Connection from, int what, long nowNs) {
    connection = from;
    if ((what & NewsSink.CLOSED) != 0) {
      closed = true;
    }
    pump(nowNs);
  }

  private void pump(long nowNs) {
    Connection c = connection;
    if (c == null || c.phase() == Connection.Phase.CONNECTING) {
      return;
    }
    read(c, nowNs);
    write(c, nowNs);
    if (inputEnded && isShut && !closed) {
      c.close(nowNs);
    }
  }

  private void write(Connection c, long nowNs) {
    while (sentBytes < owedBytes && !isShut) {
      int length = (int) Math.min(SCRATCH, owedBytes - sentBytes);
      out.fill(scratch, 0, length, sentBytes);
      int taken = c.write(scratch, 0, length);
      if (taken <= 0) {
        return;
      }
      sentBytes += taken;
      c.wrote(nowNs);
    }
    if (endsAfter && !isShut && sentBytes >= owedBytes) {
      isShut = true;
      c.shutdownOutput(nowNs);
    }
  }

  private void read(Connection c, long nowNs) {
    boolean got = false;
    while (!inputEnded) {
      int count = c.read(scratch, 0, SCRATCH);
      if (count < 0) {
        inputEnded = true;
      }
      if (count <= 0) {
        break;
      }
      wrong |= in.firstWrong(scratch, 0, count, receivedBytes) >= 0;
      longestStallNs = receivedBytes == 0 ? 0 : Math.max(longestStallNs, nowNs - lastNs);
      firstNs = receivedBytes == 0 ? nowNs : firstNs;
      lastNs = nowNs;
      receivedBytes += count;
      got = true;
      if (c.windowUpdateDue()) {
        c.didRead(nowNs);
      }
    }
    if (got) {
      heard.received(receivedBytes, nowNs);
    }
  }

  @Nullable Connection connection() {
    return connection;
  }

  boolean isClosed() {
    return closed;
  }

  boolean inputEnded() {
    return inputEnded;
  }

  long sentBytes() {
    return sentBytes;
  }

  long receivedBytes() {
    return receivedBytes;
  }

  /** Whether every byte so far was the right one. */
  boolean isRight() {
    return !wrong;
  }

  long firstNs() {
    return firstNs;
  }

  long lastNs() {
    return lastNs;
  }

  long longestStallNs() {
    return longestStallNs;
  }

  /** How the connection failed; empty if it has not. */
  String failure() {
    Connection c = connection;
    return c == null || c.failure() == Connection.Failure.NONE
        ? ""
        : "the connection failed: " + c.failure();
  }
}
