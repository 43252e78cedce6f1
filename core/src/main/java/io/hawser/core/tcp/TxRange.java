package io.hawser.core.tcp;

/**
 * A range of sent bytes: where it lies in the subflow's sequence space and in the connection's
 * stream. What it was mapped as when first sent stays with it for retransmissions (RFC 8684 section
 * 3.3: a mapping is fixed once declared).
 */
public final class TxRange {
  /**
   * Relative subflow sequence number of the first byte; SYN is 0, the first data byte 1; never
   * wraps.
   */
  public long ssn;

  /** Stream offset of the first byte. */
  public long dataOffset;

  public int length;

  /** The mapping this range is part of. */
  public long mapSsn;

  public long mapDataOffset;
  public int mapLength;

  /** True if this is the range's first transmission. */
  public boolean first = true;
}
