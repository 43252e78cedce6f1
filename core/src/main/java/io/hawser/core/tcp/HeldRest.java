package io.hawser.core.tcp;

/**
 * The rest of a mapping whose first segment has left, while the device has no room for more. The
 * bytes belong to this path, for the peer waits for them here; nothing new goes before them.
 */
final class HeldRest {
  /** What is held; never sent so far. */
  final TxRange range = new TxRange();

  /** Whether it ends what there is to send. */
  final boolean push;

  HeldRest(TxRange first, boolean push) {
    range.goOn(first);
    this.push = push;
  }

  /** Lowest stream offset that must be kept for it, or for all of its mapping. */
  long lowestOffset(boolean ofMapping) {
    if (range.own != null) {
      return Long.MAX_VALUE;
    }
    return ofMapping ? range.mapDataOffset : range.dataOffset;
  }
}
