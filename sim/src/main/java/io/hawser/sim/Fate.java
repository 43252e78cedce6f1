package io.hawser.sim;

/** What becomes of a packet on a link; each is counted. */
public enum Fate {
  /** It was offered to the link. */
  OFFERED,
  /** It came out at the far end. */
  DELIVERED,
  /** A second copy of it was made. */
  DUPLICATED,
  /** One of its bits was flipped. */
  CORRUPTED,
  /** It left its place in the order. */
  REORDERED,
  /** Dropped: the queue was full. */
  QUEUE_FULL,
  /** Dropped: it had waited too long, as CoDel judges. */
  QUEUE_SLOW,
  /** Dropped: lost on the wire. */
  LOST,
  /** Dropped: the link swallows everything. */
  BLACKHOLED,
  /** Dropped: the link is down. */
  LINK_DOWN,
  /** Dropped: larger than the MTU. */
  TOO_BIG,
  /** Dropped: a middlebox on the path swallowed it. */
  SWALLOWED,
  /** Dropped: the device at the far end had no room. */
  DEVICE_FULL;

  /** True if the packet is gone. */
  public boolean isDrop() {
    return compareTo(QUEUE_FULL) >= 0;
  }
}
