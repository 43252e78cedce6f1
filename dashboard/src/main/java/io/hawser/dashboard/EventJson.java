package io.hawser.dashboard;

import io.hawser.event.Event;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Messages as the page reads them: short names, as there are many. */
final class EventJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final double NS_PER_MS = 1e6;

  private EventJson() {}

  /** A JSON array, in one line. */
  static String array(List<HubMessage> messages) {
    ArrayNode array = NODES.arrayNode(messages.size());
    for (HubMessage message : messages) {
      array.add(node(message));
    }
    return array.toString();
  }

  private static ObjectNode node(HubMessage message) {
    ObjectNode node = NODES.objectNode();
    node.put("t", Math.round(message.atSeconds() * 1e4) / 1e4);
    switch (message.event()) {
      case Event.LinkSample s ->
          node.put("k", "link")
              .put("n", s.link())
              .put("f", s.forthBytes())
              .put("b", s.backBytes())
              .put("fd", s.forthDrops())
              .put("bd", s.backDrops())
              .put("fq", s.forthQueueBytes())
              .put("bq", s.backQueueBytes());
      case Event.SubflowSample s -> subflow(node, s);
      case Event.ConnectionSample s ->
          node.put("k", "conn")
              .put("c", s.connection())
              .put("h", s.host())
              .put("ack", s.ackedBytes())
              .put("rx", s.receivedBytes())
              .put("ri", s.reinjectedBytes())
              .put("ro", s.reorderBytes())
              .put("pg", s.program());
      case Event.TransferSample s ->
          node.put("k", "xfer").put("n", s.transfer()).put("b", s.bytes());
      case Event.MessageDelay s ->
          node.put("k", "delay").put("n", s.transfer()).put("ms", s.delayNs() / NS_PER_MS);
      default -> fact(node, message.event());
    }
    return node;
  }

  private static void subflow(ObjectNode node, Event.SubflowSample s) {
    node.put("k", "sub")
        .put("c", s.connection())
        .put("h", s.host())
        .put("s", s.subflow())
        .put("l", s.link())
        .put("a", s.local().toString())
        .put("r", s.remote().toString())
        .put("st", s.state())
        .put("bk", s.backup())
        .put("tx", s.sentBytes())
        .put("rx", s.receivedBytes())
        .put("rtt", s.smoothedRttNs() / NS_PER_MS)
        .put("cw", s.cwndBytes())
        .put("fl", s.inFlightBytes())
        .put("re", s.retransmittedSegments());
  }

  private static void fact(ObjectNode node, Event event) {
    node.put("k", "log")
        .put("e", event.getClass().getSimpleName())
        .put("lv", EventText.level(event).word())
        .put("x", EventText.of(event));
    switch (event) {
      case Event.LinkChanged e ->
          node.put("n", e.link())
              .put("ch", e.change())
              .put("ok", e.usable())
              .put("fr", e.forthBitsPerSecond())
              .put("br", e.backBitsPerSecond());
      case Event.RunStarted e -> {
        node.put("sc", e.scenario())
            .put("sk", e.stack())
            .put("clock", e.clock())
            .put("plan", e.plannedNs() / 1e9);
        ArrayNode links = node.putArray("links");
        for (Event.LinkFacts link : e.links()) {
          links
              .addObject()
              .put("n", link.name())
              .put("fr", link.forthBitsPerSecond())
              .put("br", link.backBitsPerSecond());
        }
      }
      default -> {}
    }
  }
}
