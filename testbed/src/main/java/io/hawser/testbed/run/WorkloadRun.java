package io.hawser.testbed.run;

import io.hawser.event.EventSink;
import java.io.IOException;

/** A workload under way between two ends. */
interface WorkloadRun extends AutoCloseable {

  /**
   * Connects and begins; returns once the first connection stands.
   *
   * @param untilNs (nanoTime) when workloads that take a certain time stop
   */
  void start(long untilNs) throws IOException;

  /** Whether all is done that was to be done. */
  boolean isDone();

  /** Tells progress and figures now. */
  void sample(long atNs, EventSink sink);

  /**
   * Tells the results; called once, after the end or when there is no more waiting for it.
   *
   * @param patience empty if the workload ended, else why nobody waits any longer
   */
  void results(long atNs, String patience, EventSink sink);

  /** Ends connections, whatever they are doing. */
  @Override
  void close();
}
