package io.hawser.core.tcp;

/**
 * Finds what the path takes without ICMP (RFC 4821): full segments that time out again and again
 * may have fallen into a black hole, so they become smaller; later one larger segment at a time
 * tries whether more fits. A probe that is lost is no sign of congestion.
 */
final class MtuSearch {
  private static final int TIMEOUTS_TO_SUSPECT = 3;
  private static final int CLOSE_ENOUGH = 8;
  private static final int[] STEPS4 = {1500, 1280, 1024, SegmentSize.LEAST_MTU4};
  private static final int[] STEPS6 = {1500, SegmentSize.LEAST_MTU6};

  private final TcpConfig config;
  private final SegmentSize size;
  private int high;
  private boolean first;
  private boolean lowered;
  private long notBeforeNs = Long.MIN_VALUE;
  private int timeouts;
  private int wantedMtu;
  private int probeMtu;
  private long probeSsn = -1;

  MtuSearch(TcpConfig config, SegmentSize size) {
    this.config = config;
    this.size = size;
  }

  /**
   * The timer expired with a segment at the head that was as large as may be, or smaller. A smaller
   * size that does not help either speaks for an outage: every other time the old size is tried.
   *
   * @return true if the size has changed
   */
  boolean onTimeout(boolean fullSized, long nowNs) {
    probeSsn = -1;
    timeouts = fullSized || timeouts >= TIMEOUTS_TO_SUSPECT ? timeouts + 1 : 0;
    int beyond = timeouts - TIMEOUTS_TO_SUSPECT;
    if (!config.mtuProbing || beyond < 0) {
      return false;
    }
    if (beyond % 2 == 1) {
      return size.raise(high);
    }
    int old = size.mtuBytes();
    int[] steps = size.v6() ? STEPS6 : STEPS4;
    int lower = 0;
    for (int step : steps) {
      if (step < old && lower++ <= beyond / 2) {
        size.path(step);
      }
    }
    high = lowered ? Math.max(high, old) : old;
    lowered = true;
    first = true;
    notBeforeNs = nowNs;
    return size.mtuBytes() < old;
  }

  /** SND.UNA moved: segments of this size pass. */
  void progress() {
    timeouts = 0;
  }

  /** A router has told what passes: more is tried only after a long time (RFC 1191 section 6.3). */
  void told(int formerMtu, long nowNs) {
    high = Math.max(high, formerMtu);
    lowered = true;
    first = true;
    notBeforeNs = nowNs + config.mtuProbeIntervalNs;
    probeSsn = -1;
  }

  /** Packet size to try now, or 0. */
  int wanted() {
    return probeSsn < 0 ? wantedMtu : 0;
  }

  /** Time passes: decides whether something larger is to be tried. */
  void tick(long nowNs) {
    wantedMtu = lowered && config.mtuProbing && nowNs >= notBeforeNs ? next(nowNs) : 0;
  }

  private int next(long nowNs) {
    int low = size.mtuBytes();
    if (high - low < CLOSE_ENOUGH) {
      high = size.deviceMtuBytes();
      lowered = low < high;
      first = true;
      notBeforeNs = nowNs + config.mtuProbeIntervalNs;
      return 0;
    }
    // The black hole may have been a mere outage: the old size is the first to be tried.
    return first ? high : (low + high + 1) / 2;
  }

  /** A probe left. */
  void sent(long ssn, int mtu) {
    probeSsn = ssn;
    probeMtu = mtu;
  }

  /** A range was delivered; true if it was the probe: segments grow. */
  boolean delivered(TxRange range) {
    if (!range.mtuProbe || range.ssn != probeSsn) {
      return false;
    }
    range.mtuProbe = false;
    probeSsn = -1;
    first = false;
    size.raise(probeMtu);
    return true;
  }

  /**
   * Loss was found; true if the probe alone was lost.
   *
   * @param newlyLostBytes how much was found
   */
  boolean onlyProbeLost(SackScoreboard board, int newlyLostBytes) {
    if (probeSsn < 0) {
      return false;
    }
    int index = board.find(probeSsn);
    TxRange range = index < board.size() ? board.at(index) : null;
    if (range == null || !range.mtuProbe || !range.lost) {
      return false;
    }
    range.mtuProbe = false;
    probeSsn = -1;
    first = false;
    high = probeMtu - 1;
    return newlyLostBytes == range.length;
  }
}
