package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one trial told, from its first event to its last. */
record Told(List<Event> all) {
  /** Runs a scenario with one stack in a testbed of its own. */
  static Told by(String yaml, StackChoice stack) throws IOException {
    Scenario scenario = ScenarioReader.read("scenario.yaml", yaml);
    Told told = new Told(new CopyOnWriteArrayList<>());
    String name = "t" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, scenario.topology())) {
      new Trial(testbed, scenario, stack, 1, EventSink.all(told.all::add)).run();
    }
    return told;
  }

  /** Those of one kind, in their order. */
  <T> List<T> of(Class<T> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
