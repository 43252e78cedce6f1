package io.hawser.testbed.play;

import io.hawser.dashboard.Controls;
import io.hawser.event.Event;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the links of a simulation stand, from what is told of their changes. Safe for threads. */
final class SimulatedLinks {
  private static final double NS_PER_MS = 1e6;
  private static final double PPM_PER_PERCENT = 1e4;
  private static final String FORTH = "forth:";
  private static final String BACK = "back:";

  private record State(
      LinkSpec spec,
      LinkConfig forth,
      LinkConfig back,
      boolean up,
      boolean blackhole,
      boolean present) {

    State with(LinkConfig nextForth, LinkConfig nextBack) {
      return new State(spec, nextForth, nextBack, up, blackhole, present);
    }

    State after(String change) {
      return switch (change) {
        case "down" -> new State(spec, forth, back, false, blackhole, present);
        case "up" -> new State(spec, forth, back, true, blackhole, present);
        case "blackhole" -> new State(spec, forth, back, up, true, present);
        case "restore" -> new State(spec, forth, back, up, false, present);
        case "remove" -> new State(spec, forth, back, up, blackhole, false);
        case "add" -> new State(spec, forth, back, true, blackhole, true);
        default -> settings(change);
      };
    }

    private State settings(String change) {
      if (!change.contains("=")) {
        return this;
      }
      if (change.startsWith(FORTH)) {
        return with(forth.with(change.substring(FORTH.length())), back);
      }
      if (change.startsWith(BACK)) {
        return with(forth, back.with(change.substring(BACK.length())));
      }
      return with(forth.with(change), back.with(change));
    }

    Controls.LinkState told() {
      String there = forth.toString();
      String here = back.toString();
      return new Controls.LinkState(
          spec.name(),
          up,
          blackhole,
          present,
          forth.rateBitsPerSecond(),
          back.rateBitsPerSecond(),
          back.delayNs() / NS_PER_MS,
          back.lossPpm() / PPM_PER_PERCENT,
          there.equals(here) ? there : FORTH + " " + there + "; " + BACK + " " + here);
    }
  }

  private final Map<String, State> links = new LinkedHashMap<>();

  /** All links as a topology says. */
  synchronized void reset(Topology topology) {
    links.clear();
    for (LinkSpec spec : topology.links()) {
      links.put(spec.name(), new State(spec, spec.forth(), spec.back(), true, false, true));
    }
  }

  synchronized void take(Event.LinkChanged event) {
    links.computeIfPresent(event.link(), (_, state) -> state.after(event.change()));
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
