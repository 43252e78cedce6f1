package io.hawser.workload;

import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The program that is one end of an SCTP transfer. Arguments are pairs {@code name=value}: role
 * (listen or connect), flow (send or receive), local and remote (addresses with commas), port, ms,
 * seed; min-rto, heartbeat (both ms) and path-retransmissions if other than the usual.
 */
public final class SctpPeerMain {
  private SctpPeerMain() {}

  /** Runs a peer to its end; exit status 1 and one line on standard error after a failure. */
  public static void main(String[] args) {
    Map<String, String> words = new HashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      words.put(arg.substring(0, Math.max(0, equals)), arg.substring(equals + 1));
    }
    int status = 0;
    try {
      new SctpPeer(task(words), System.out).run();
    } catch (IOException | RuntimeException e) {
      System.err.println("sctp: " + e.getMessage());
      status = 1;
    }
    System.out.flush();
    // The library's threads would keep the process alive.
    Runtime.getRuntime().halt(status);
  }

  private static SctpPeer.Task task(Map<String, String> words) {
    return new SctpPeer.Task(
        words.getOrDefault("role", "").equals("listen"),
        words.getOrDefault("flow", "").equals("send"),
        addresses(words.getOrDefault("local", "")),
        addresses(words.getOrDefault("remote", "")),
        Integer.parseInt(words.getOrDefault("port", "5001")),
        Long.parseLong(words.getOrDefault("ms", "10000")) * 1_000_000,
        Integer.parseInt(words.getOrDefault("min-rto", "200")),
        Integer.parseInt(words.getOrDefault("heartbeat", "1000")),
        Integer.parseInt(words.getOrDefault("path-retransmissions", "2")),
        Long.parseLong(words.getOrDefault("seed", "1")));
  }

  private static List<IpAddress> addresses(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",")).map(IpAddress::parse).toList();
  }
}
