/** Every fact as a record. */
module io.hawser.event {
  requires static org.jspecify;
  requires transitive io.hawser.wire;

  exports io.hawser.event;
}
