package io.hawser.core.sched;

/** Decides which subflow carries the next super-segment. */
public interface Scheduler {
  /** The name users give: {@code lowest-rtt}, {@code round-robin}. */
  String name();

  /**
   * Chooses among the established subflows.
   *
   * @param subflows the first {@code count} entries are valid
   * @param waitingBytes bytes waiting for a first transmission
   * @return an index, or -1 to send nothing now
   */
  int choose(SubflowView[] subflows, int count, long waitingBytes, long nowNs);
}
