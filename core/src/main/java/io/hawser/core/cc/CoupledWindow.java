package io.hawser.core.cc;

/** A window that grows with regard to the other subflows of its connection. */
abstract class CoupledWindow extends RenoWindow {
  private final CoupledGroup group;
  private long rttNs;
  private long sinceLossBytes;
  private long betweenLossesBytes;

  CoupledWindow(CoupledGroup group) {
    this.group = group;
    group.members.add(this);
  }

  final CoupledGroup group() {
    return group;
  }

  /** True if the path has been measured, so that it can be compared. */
  final boolean measured() {
    return rttNs > 0;
  }

  final double rttSeconds() {
    return rttNs / 1e9;
  }

  /** Window in segments. */
  final double segments() {
    return (double) cwndBytes() / mssBytes();
  }

  /** Sending rate, segments per second. */
  final double rate() {
    return segments() / rttSeconds();
  }

  /** Bytes between the last two losses, or since the last one if that is more. */
  final long lossIntervalBytes() {
    return Math.max(sinceLossBytes, betweenLossesBytes);
  }

  @Override
  final void observe(AckSample sample) {
    rttNs = sample.smoothedRttNs;
    sinceLossBytes += sample.ackedBytes;
  }

  @Override
  final void observeLoss() {
    betweenLossesBytes = sinceLossBytes;
    sinceLossBytes = 0;
  }

  /** Growth of the window in segments for each segment acknowledged. */
  abstract double growthPerSegment();

  @Override
  final double increaseBytes(AckSample sample) {
    return measured() ? growthPerSegment() * sample.ackedBytes : 0;
  }
}
