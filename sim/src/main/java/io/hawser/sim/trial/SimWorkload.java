package io.hawser.sim.trial;

import io.hawser.event.Event;
import io.hawser.event.EventSink;

/** A workload under way in virtual time. */
interface SimWorkload {
  /** Begins; connections are being opened. */
  void start(long nowNs);

  boolean isDone();

  /** Progress now. */
  void sample(long nowNs, EventSink sink);

  /** Results, once; {@code patience} is why nobody waits longer, or empty. */
  void results(long nowNs, String patience, EventSink sink);

  /** A transfer that is over, as an event. */
  static Event.TransferEnded ended(
      long nowNs, String name, SimPeer sender, SimPeer receiver, String patience) {
    String failure = sender.failure().isEmpty() ? receiver.failure() : sender.failure();
    boolean whole = receiver.inputEnded() && receiver.receivedBytes() == sender.sentBytes();
    return new Event.TransferEnded(
        nowNs,
        name,
        receiver.receivedBytes(),
        receiver.firstNs(),
        receiver.lastNs(),
        receiver.longestStallNs(),
        receiver.isRight() && whole,
        patience.isEmpty() ? failure : patience);
  }
}
