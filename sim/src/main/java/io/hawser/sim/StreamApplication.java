package io.hawser.sim;

import io.hawser.core.NewsSink;
import io.hawser.core.api.Connection;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pattern and checks the one that it reads, by a {@link StreamPlan}, with writes, reads
 * and rests of random size; closes when both are done.
 */
public final class StreamApplication implements Application {
  /** How many of the largest writes are made at a time. */
  private static final int AHEAD = 4;

  private final Simulation simulation;
  private final StreamPlan plan;
  private final SplittableRandom random;
  private final Pattern written;
  private final Pattern expected;
  private final MemorySegment scratch;
  private final MemorySegment ahead;
  private long aheadFrom;
  private long aheadEnd;
  private @Nullable Connection connection;
  private long sentBytes;
  private long readBytes;
  private boolean isOutputShut;
  private boolean isInputAtEnd;
  private boolean isCloseAsked;
  private boolean writingRests;
  private boolean readingRests;
  private boolean isClosed;
  private boolean isCorrupt;
  private boolean toleratesAlteration;
  private long alteredBytes;
  private @Nullable String fault;
  private long establishedNs = -1;
  private long lastReadNs = -1;
  private long closedNs = -1;

  /** One end; the plan of the other must mirror this one. */
  public StreamApplication(Simulation simulation, StreamPlan plan) {
    this.simulation = simulation;
    this.plan = plan;
    random = simulation.random();
    written = new Pattern(plan.sendSeed());
    expected = new Pattern(plan.expectSeed());
    scratch = Arena.ofAuto().allocate(plan.largestRead(), 8);
    long most = Math.min((long) AHEAD * plan.largestWrite(), Math.max(8, plan.sendBytes()));
    ahead = Arena.ofAuto().allocate(most, 8);
  }

  @Override
  public void news(Connection from, int what, long nowNs) {
    connection = from;
    if ((what & NewsSink.CLOSED) != 0) {
      isClosed = true;
      closedNs = nowNs;
    }
    if (from.phase() == Connection.Phase.OPEN && establishedNs < 0) {
      establishedNs = nowNs;
    }
    if (from.failure() != Connection.Failure.NONE) {
      fault("the connection failed: " + from.failure());
    }
    pump(from, nowNs);
  }

  /** Writes before the connection is open: with Fast Open that may ride in the SYN. */
  public void begin(Connection opening) {
    connection = opening;
    write(opening, simulation.nowNs());
  }

  private void pump(Connection c, long nowNs) {
    if (fault == null && c.phase() != Connection.Phase.CONNECTING) {
      write(c, nowNs);
      read(c, nowNs);
      finish(c, nowNs);
    }
    if (isClosed && (isInputAtEnd || fault != null)) {
      // What was received and will not be read is given back.
      c.close(nowNs);
    }
  }

  /**
   * Where in {@link #ahead} the next bytes to send are. They are made well ahead: a sender takes a
   * little of what is offered at a time, and most of it would be made again and again.
   */
  private int prepared(int length) {
    if (sentBytes < aheadFrom || sentBytes + length > aheadEnd) {
      int most = (int) Math.min(ahead.byteSize(), plan.sendBytes() - sentBytes);
      written.fill(ahead, 0, most, sentBytes);
      aheadFrom = sentBytes;
      aheadEnd = sentBytes + most;
    }
    return (int) (sentBytes - aheadFrom);
  }

  private void write(Connection c, long nowNs) {
    while (!writingRests && !isOutputShut && sentBytes < plan.sendBytes()) {
      int size = 1 + random.nextInt(plan.largestWrite());
      int length = (int) Math.min(size, plan.sendBytes() - sentBytes);
      int taken = c.write(ahead, prepared(length), length);
      if (taken < 0 || taken > length) {
        fault("write of " + length + " bytes returned " + taken + " at " + sentBytes);
        return;
      }
      sentBytes += taken;
      if (taken > 0) {
        c.wrote(nowNs);
      }
      if (taken < length) {
        return;
      }
      if (rests()) {
        writingRests = true;
        simulation.after(
            pauseNs(),
            () -> {
              writingRests = false;
              pump(c, simulation.nowNs());
            });
      }
    }
  }

  private void read(Connection c, long nowNs) {
    while (!readingRests && !isInputAtEnd) {
      int size = 1 + random.nextInt(plan.largestRead());
      int count = c.read(scratch, 0, size);
      if (count < 0) {
        isInputAtEnd = true;
        if (readBytes != plan.expectBytes()) {
          fault("the stream ended at " + readBytes + " of " + plan.expectBytes());
        }
        return;
      }
      if (count == 0) {
        return;
      }
      if (!isAsExpected(c, count)) {
        return;
      }
      readBytes += count;
      lastReadNs = nowNs;
      if (readBytes > plan.expectBytes()) {
        isCorrupt = true;
        fault("more than " + plan.expectBytes() + " bytes were read");
      }
      if (c.windowUpdateDue() || random.nextInt(4) == 0) {
        c.didRead(nowNs);
      }
      if (rests()) {
        readingRests = true;
        simulation.after(
            pauseNs(),
            () -> {
              readingRests = false;
              pump(c, simulation.nowNs());
            });
      }
    }
  }

  /** What was read is what was written, or altered where nothing but TCP's checksum guards. */
  private boolean isAsExpected(Connection c, int count) {
    long end = readBytes + count;
    long from = readBytes;
    while (from < end) {
      int done = (int) (from - readBytes);
      long wrong = expected.firstWrong(scratch, done, count - done, from);
      if (wrong < 0) {
        return true;
      }
      if (!toleratesAlteration || c.multipath()) {
        isCorrupt = true;
        fault("wrong byte at " + wrong + ", in a read of " + count + " from " + readBytes);
        return false;
      }
      alteredBytes++;
      from = wrong + 1;
    }
    return true;
  }

  private void finish(Connection c, long nowNs) {
    if (sentBytes < plan.sendBytes() || fault != null || isCloseAsked) {
      return;
    }
    if (plan.closing() == StreamPlan.Closing.AFTER_WRITING && !isOutputShut) {
      isOutputShut = true;
      c.shutdownOutput(nowNs);
    }
    boolean allRead = readBytes == plan.expectBytes();
    if (plan.closing() == StreamPlan.Closing.AFTER_READING ? allRead : isInputAtEnd) {
      close(c, nowNs);
    } else if (plan.closing() == StreamPlan.Closing.LATER && allRead && !isOutputShut) {
      isOutputShut = true;
      simulation.after(
          pauseNs(),
          () -> {
            c.shutdownOutput(simulation.nowNs());
            pump(c, simulation.nowNs());
          });
    }
  }

  private void close(Connection c, long nowNs) {
    isCloseAsked = true;
    isOutputShut = true;
    c.close(nowNs);
  }

  private boolean rests() {
    return plan.pausePpm() > 0 && random.nextInt(1_000_000) < plan.pausePpm();
  }

  private long pauseNs() {
    return random.nextLong(plan.longestPauseNs() + 1);
  }

  private void fault(String what) {
    if (fault == null) {
      fault = what;
    }
  }

  /** True if everything was written, read and closed, or went wrong. */
  public boolean isDone() {
    return fault != null
        || isCloseAsked && sentBytes == plan.sendBytes() && readBytes == plan.expectBytes();
  }

  /** Gives up: resets the connection, whatever is under way. */
  public void abort(long nowNs) {
    Connection c = connection;
    if (c != null && !isClosed) {
      fault("aborted here");
      c.abort(nowNs);
    }
  }

  /**
   * On a path that alters payload behind TCP's checksum: a connection that is plain TCP, or fell
   * back to it (RFC 8684 section 3.7), may deliver altered bytes; they are counted, and no fault.
   */
  public void tolerateAlteration() {
    toleratesAlteration = true;
  }

  /** Bytes that were altered on their way and tolerated. */
  public long alteredBytes() {
    return alteredBytes;
  }

  /** True if bytes were read that nobody wrote. */
  public boolean isCorrupt() {
    return isCorrupt;
  }

  /** True once the stack said that the connection is gone. */
  public boolean isClosed() {
    return isClosed;
  }

  /** What went wrong first, or null. */
  public @Nullable String fault() {
    return fault;
  }

  public @Nullable Connection connection() {
    return connection;
  }

  public long sentBytes() {
    return sentBytes;
  }

  public long readBytes() {
    return readBytes;
  }

  /** When the connection was established; -1: never. */
  public long establishedNs() {
    return establishedNs;
  }

  /** When bytes were read last; -1: never. */
  public long lastReadNs() {
    return lastReadNs;
  }

  /** When the stack forgot the connection; -1: never. */
  public long closedNs() {
    return closedNs;
  }

  /** Where it stands. */
  @Override
  public String toString() {
    return "sent "
        + sentBytes
        + "/"
        + plan.sendBytes()
        + " read "
        + readBytes
        + "/"
        + plan.expectBytes()
        + (isOutputShut ? " shut" : "")
        + (isInputAtEnd ? " at-end" : "")
        + (isCloseAsked ? " close-asked" : "")
        + (isClosed ? " closed" : "")
        + (fault == null ? "" : " FAULT: " + fault);
  }
}
