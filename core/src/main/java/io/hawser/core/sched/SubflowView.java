package io.hawser.core.sched;

/** What a scheduler sees of a subflow. */
public interface SubflowView {
  int id();

  /** Priority asks for backup, by either side. */
  boolean backup();

  /** No progress for too long: used only if nothing else is there. */
  boolean stale();

  /**
   * Bytes that congestion window and peer window let go; 0: cannot send. Whether a subflow whose
   * next segment pacing still holds is worth the wait, the connection decides.
   */
  int sendRoomBytes();

  int mssBytes();

  int cwndBytes();

  int inFlightBytes();

  /** 0 if not measured. */
  long smoothedRttNs();

  long rttVarianceNs();

  /** Estimated sending rate, bytes per second; 0 if unknown. */
  long rateBytesPerSecond();
}
