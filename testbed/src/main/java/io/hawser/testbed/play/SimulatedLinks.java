package io.hawser.testbed.play;

import io.hawser.dashboard.Controls;
import io.hawser.event.Event;
import io.hawser.sim.scenario.LinkCondition;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the links of a simulation stand, from what is told of their changes. Safe for threads. */
final class SimulatedLinks {
  private static final double NS_PER_MS = 1e6;
  private static final double PPM_PER_PERCENT = 1e4;

  private record State(LinkSpec spec, LinkCondition now) {
    Controls.LinkState told() {
      return new Controls.LinkState(
          spec.name(),
          now.up(),
          now.blackhole(),
          now.present(),
          now.forth().rateBitsPerSecond(),
          now.back().rateBitsPerSecond(),
          now.back().delayNs() / NS_PER_MS,
          now.back().lossPpm() / PPM_PER_PERCENT,
          now.text());
    }
  }

  private final Map<String, State> links = new LinkedHashMap<>();

  /** All links as a topology says. */
  synchronized void reset(Topology topology) {
    links.clear();
    for (LinkSpec spec : topology.links()) {
      links.put(spec.name(), new State(spec, LinkCondition.of(spec)));
    }
  }

  synchronized void take(Event.LinkChanged event) {
    links.computeIfPresent(
        event.link(), (_, state) -> new State(state.spec(), state.now().after(event.change())));
  }

  synchronized List<Controls.LinkState> told() {
    return links.values().stream().map(State::told).toList();
  }

  synchronized List<Controls.LinkEnds> ends() {
    return links.values().stream()
        .map(s -> new Controls.LinkEnds(s.spec().name(), s.spec().from(), s.spec().to()))
        .toList();
  }
}
