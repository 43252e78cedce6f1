package io.hawser.dashboard;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What can be pressed and how things stand, as the page reads it. */
final class StateJson {
  private StateJson() {}

  static String of(Controls controls, EventHub hub) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("title", controls.title());
    node.put("gone", hub.goneBecause());
    node.put("origin", hub.virtualOriginSeconds());
    String running = controls.running();
    node.put("running", running == null ? "" : running);
    links(controls, node.putArray("links"));
    ArrayNode scenarios = node.putArray("scenarios");
    for (Controls.ScenarioChoice one : controls.scenarios()) {
      ArrayNode stacks =
          scenarios
              .addObject()
              .put("name", one.name())
              .put("title", one.title())
              .putArray("stacks");
      one.stacks().forEach(stacks::add);
    }
    ArrayNode finished = node.putArray("finished");
    for (Controls.FinishedRun one : controls.finished()) {
      finished.addObject().put("name", one.name()).put("title", one.title());
    }
    return node.toString();
  }

  private static void links(Controls controls, ArrayNode links) {
    Map<String, Controls.LinkEnds> ends = new HashMap<>();
    controls.ends().forEach(one -> ends.put(one.link(), one));
    for (Controls.LinkState link : controls.links()) {
      Controls.LinkEnds joined = ends.get(link.name());
      links
          .addObject()
          .put("name", link.name())
          .put("from", joined == null ? "client" : joined.from())
          .put("to", joined == null ? "server" : joined.to())
          .put("up", link.up())
          .put("blackhole", link.blackhole())
          .put("present", link.present())
          .put("forth", link.forthBitsPerSecond())
          .put("back", link.backBitsPerSecond())
          .put("delay", link.delayMs())
          .put("loss", link.lossPercent())
          .put("config", link.config());
    }
  }
}
