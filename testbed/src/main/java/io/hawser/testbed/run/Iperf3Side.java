package io.hawser.testbed.run;

import io.hawser.event.EventSink;

/** The client's end of an iperf3 test under way. */
interface Iperf3Side extends AutoCloseable {

  /** Whether the test is over, well or not. */
  boolean isEnded();

  /** Bytes that the client has counted so far in one direction. */
  long bytes(boolean fromClient);

  /** Bytes that the receiver of one direction counted; 0 before the end. */
  long total(boolean fromClient);

  /** Why there is no result; empty if there is one. */
  String problem();

  /** Tells what the client knows of its connections. */
  void sample(long atNs, EventSink sink);

  /** Ends it, whatever it is doing. */
  @Override
  void close();
}
