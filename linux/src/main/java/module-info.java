/**
 * Linux's interfaces through the foreign function API; all native calls of the project live here.
 */
module io.hawser.linux {
  requires static org.jspecify;
  requires transitive io.hawser.wire;

  exports io.hawser.linux;
}
