/** The protocol, pure: TCP, MPTCP, congestion control, schedulers, path managers. */
module io.hawser.core {
  requires static org.jspecify;
  requires transitive io.hawser.wire;
  requires transitive io.hawser.event;

  exports io.hawser.core;
  exports io.hawser.core.api;
  exports io.hawser.core.buffer;
  exports io.hawser.core.cc;
  exports io.hawser.core.mptcp;
  exports io.hawser.core.pm;
  exports io.hawser.core.sched;
  exports io.hawser.core.tcp;
  exports io.hawser.core.time;
}
