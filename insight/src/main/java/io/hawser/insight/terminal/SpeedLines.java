package io.hawser.insight.terminal;

import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Speeds as lines for files and scripts; every speed is that of the last second. */
public final class SpeedLines {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Speeds speeds;

  public SpeedLines(Speeds speeds) {
    this.speeds = speeds;
  }

  /** One line for people. */
  public String text() {
    synchronized (speeds) {
      StringBuilder out = new StringBuilder();
      out.append(String.format(Locale.ROOT, "%7.1f s", speeds.seconds(speeds.latestNs())));
      for (Speeds.LinkSpeed link : speeds.links()) {
        out.append("  ").append(link.name).append(link.usable ? "" : " (down)");
        speeds(link.rx, link.tx, out);
      }
      for (Speeds.SubflowSpeed one : speeds.subflows()) {
        String program = speeds.program(one.connection);
        out.append("  | ").append(program.isEmpty() ? "connection " + one.connection : program);
        out.append(' ').append(name(one)).append(one.last.backup() ? " (backup)" : "");
        speeds(one.rx(), one.tx(), out);
      }
      return out.toString();
    }
  }

  private static String name(Speeds.SubflowSpeed one) {
    return one.last.link().isEmpty() ? "subflow " + one.last.subflow() : one.last.link();
  }

  private static void speeds(RateSeries rx, RateSeries tx, StringBuilder out) {
    out.append(" RX ").append(Quantity.rate(rx.now()));
    out.append(" TX ").append(Quantity.rate(tx.now()));
  }

  /** One line of JSON; with what the log got since the last one. */
  public String json() {
    synchronized (speeds) {
      ObjectNode node = NODES.objectNode();
      node.put("seconds", Math.round(speeds.seconds(speeds.latestNs()) * 1e3) / 1e3);
      node.put("run", speeds.run());
      ArrayNode links = node.putArray("links");
      for (Speeds.LinkSpeed link : speeds.links()) {
        ObjectNode one = links.addObject().put("name", link.name).put("usable", link.usable);
        speeds(link.rx, link.tx, one);
        one.put("rxLimitBitsPerSecond", link.rxLimit).put("txLimitBitsPerSecond", link.txLimit);
      }
      ArrayNode subflows = node.putArray("subflows");
      for (Speeds.SubflowSpeed one : speeds.subflows()) {
        ObjectNode subflow =
            subflows
                .addObject()
                .put("connection", one.connection)
                .put("program", speeds.program(one.connection))
                .put("subflow", one.last.subflow())
                .put("link", one.last.link())
                .put("client", one.client.toString())
                .put("server", one.server.toString())
                .put("state", one.last.state())
                .put("backup", one.last.backup());
        speeds(one.rx(), one.tx(), subflow);
        subflow
            .put("rttMs", one.sender.smoothedRttNs() / 1e6)
            .put("cwndBytes", one.sender.cwndBytes())
            .put("retransmittedSegments", one.sender.retransmittedSegments());
      }
      ArrayNode log = node.putArray("log");
      speeds.news().forEach(log::add);
      return node.toString();
    }
  }

  private static void speeds(RateSeries rx, RateSeries tx, ObjectNode node) {
    node.put("rxBitsPerSecond", Math.round(rx.now()));
    node.put("txBitsPerSecond", Math.round(tx.now()));
    node.put("rxBytes", rx.total());
    node.put("txBytes", tx.total());
  }
}
