package io.hawser.sim.scenario;

/** What applications do during a run. Times are nanoseconds. */
public sealed interface Workload {

  /** Where the data goes. */
  enum Flow {
    /** From client to server. */
    UPLOAD,
    /** From server to client. */
    DOWNLOAD,
    BOTH
  }

  /** How long it is meant to take; 0: until all is done. */
  long durationNs();

  /** As many bytes as go through. */
  record Bulk(Flow flow, long durationNs) implements Workload {}

  /** One download of so many bytes by HTTP. */
  record Http(long bytes) implements Workload {
    @Override
    public long durationNs() {
      return 0;
    }
  }

  /** Requests at a rate, each answered as soon as it is there. */
  record Requests(long durationNs, double perSecond, int requestBytes, int replyBytes)
      implements Workload {}

  /**
   * Frames at a constant rate.
   *
   * @param deadlineNs frames that take longer are late
   */
  record Frames(
      String name, Flow flow, long durationNs, double perSecond, int frameBytes, long deadlineNs)
      implements Workload {}

  /**
   * A film in segments, fetched one after the other while it is played.
   *
   * @param bitsPerSecond the film's rate
   * @param startNs how much must be there before it begins, or goes on after a stall
   * @param aheadNs how much is fetched ahead
   */
  record Video(long durationNs, long bitsPerSecond, long segmentNs, long startNs, long aheadNs)
      implements Workload {}

  /** Real iperf3 in the hosts; the testbed only. */
  record Iperf3(Flow flow, long durationNs, int parallel) implements Workload {}
}
