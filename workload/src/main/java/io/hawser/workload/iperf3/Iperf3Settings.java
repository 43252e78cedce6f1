package io.hawser.workload.iperf3;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a test is to do.
 *
 * @param streams how many; of each direction
 * @param seconds how long; 0 if {@code bytes} says when to stop
 * @param bytes how much each stream sends; 0: until the time is over
 * @param omitSeconds at the beginning, not counted
 * @param blockBytes size of one write
 * @param bitsPerSecond of each stream; 0: as fast as it goes
 */
public record Iperf3Settings(
    Direction direction,
    int streams,
    int seconds,
    long bytes,
    int omitSeconds,
    int blockBytes,
    long bitsPerSecond) {

  /** Who sends. */
  public enum Direction {
    /** The client. */
    FORWARD,
    /** The server. */
    REVERSE,
    /** Both at once, each over streams of its own. */
    BOTH
  }

  private static final int MOST_STREAMS = 128;
  private static final int MOST_BLOCK = 1 << 20;

  /** Checks ranges. */
  public Iperf3Settings {
    if (streams < 1 || streams > MOST_STREAMS) {
      throw new IllegalArgumentException("1 to 128 streams, not " + streams);
    }
    if (blockBytes < 1 || blockBytes > MOST_BLOCK) {
      throw new IllegalArgumentException("a block has 1 byte to 1 MiB, not " + blockBytes);
    }
    if (seconds < 0 || seconds > 86_400 || bytes < 0 || seconds == 0 && bytes == 0) {
      throw new IllegalArgumentException("a test takes 1 to 86400 s, or some bytes");
    }
  }

  /** Whether the client sends on this stream; in both directions the first half is its. */
  boolean clientSends(int index) {
    return direction == Direction.BOTH ? index < streams : direction == Direction.FORWARD;
  }

  /** Connections for data. */
  int connections() {
    return direction == Direction.BOTH ? 2 * streams : streams;
  }

  /** As the client tells it. */
  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("tcp", true).put("omit", omitSeconds).put("time", seconds).put("num", bytes);
    node.put("blockcount", 0).put("parallel", streams).put("len", blockBytes);
    if (direction != Direction.FORWARD) {
      node.put(direction == Direction.BOTH ? "bidirectional" : "reverse", true);
    }
    if (bitsPerSecond > 0) {
      node.put("bandwidth", bitsPerSecond);
    }
    return node.put("pacing_timer", 1000).put("client_version", "3.12");
  }

  /** As the server hears it. */
  static Iperf3Settings of(JsonNode node) throws Iperf3Exception {
    if (!node.path("tcp").asBoolean(false)) {
      throw new Iperf3Exception(
          "the client asks for a test that is not TCP; only TCP is done here");
    }
    Direction direction =
        node.path("bidirectional").asBoolean(false)
            ? Direction.BOTH
            : node.path("reverse").asBoolean(false) ? Direction.REVERSE : Direction.FORWARD;
    try {
      return new Iperf3Settings(
          direction,
          node.path("parallel").asInt(1),
          node.path("time").asInt(0),
          node.path("num").asLong(0),
          node.path("omit").asInt(0),
          node.path("len").asInt(128 << 10),
          node.path("bandwidth").asLong(0));
    } catch (IllegalArgumentException e) {
      throw new Iperf3Exception("the client asks for something odd: " + e.getMessage());
    }
  }
}
