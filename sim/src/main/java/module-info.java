/** Virtual time: links, middleboxes and hosts. */
module io.hawser.sim {
  requires static org.jspecify;
  requires transitive io.hawser.core;

  exports io.hawser.sim;
  exports io.hawser.sim.scenario;
  exports io.hawser.sim.trial;
}
