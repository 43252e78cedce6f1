/** Packets as bytes and the door they pass. */
module io.hawser.wire {
  requires static org.jspecify;

  exports io.hawser.wire;
}
