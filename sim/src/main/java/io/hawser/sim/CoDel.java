package io.hawser.sim;

/**
 * Controlled delay (RFC 8289): drops at the head of a queue when packets have waited longer than a
 * target for a whole interval, ever more often until they wait less.
 */
final class CoDel {
  /** The queue's head. */
  interface Head {
    boolean isEmpty();

    /** When the head was queued. */
    long sinceNs();

    /** Bytes that wait behind the head. */
    int bytesBehind();

    /** Drops the head. */
    void drop();
  }

  /** Section 5.6: with no more than this behind the head there is no standing queue. */
  private static final int LARGEST_PACKET = 1500;

  private static final int RESUME_INTERVALS = 16;

  private final Head head;
  private long firstAboveNs;
  private long dropNextNs;
  private int count;
  private int lastCount;
  private boolean dropping;

  CoDel(Head head) {
    this.head = head;
  }

  /** Forgets what it saw of a queue that is gone. */
  void reset() {
    firstAboveNs = 0;
    dropNextNs = 0;
    count = 0;
    lastCount = 0;
    dropping = false;
  }

  /** Before the head is transmitted: drops what has to go; the queue may be empty afterwards. */
  void beforeTransmission(long targetNs, long intervalNs, long nowNs) {
    boolean ok = okToDrop(targetNs, intervalNs, nowNs);
    if (dropping) {
      dropping = ok;
      while (dropping && nowNs >= dropNextNs) {
        head.drop();
        count++;
        if (okToDrop(targetNs, intervalNs, nowNs)) {
          dropNextNs = next(dropNextNs, intervalNs);
        } else {
          dropping = false;
        }
      }
    } else if (ok) {
      head.drop();
      okToDrop(targetNs, intervalNs, nowNs);
      dropping = true;
      // Section 5.5: a queue that was controlled just now goes on at about the rate it had.
      int delta = count - lastCount;
      boolean lately = nowNs - dropNextNs < RESUME_INTERVALS * intervalNs;
      count = delta > 1 && lately ? delta : 1;
      dropNextNs = next(nowNs, intervalNs);
      lastCount = count;
    }
  }

  private boolean okToDrop(long targetNs, long intervalNs, long nowNs) {
    if (head.isEmpty()) {
      firstAboveNs = 0;
      return false;
    }
    if (nowNs - head.sinceNs() < targetNs || head.bytesBehind() <= LARGEST_PACKET) {
      firstAboveNs = 0;
      return false;
    }
    if (firstAboveNs == 0) {
      firstAboveNs = nowNs + intervalNs;
      return false;
    }
    return nowNs >= firstAboveNs;
  }

  /** The control law: an interval over the square root of the drops so far. */
  private long next(long fromNs, long intervalNs) {
    return fromNs + (long) (intervalNs / StrictMath.sqrt(count));
  }
}
