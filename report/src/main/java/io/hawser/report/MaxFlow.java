package io.hawser.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much can flow through a network of pipes from one node to another at once: the method of Ford
 * and Fulkerson, always by the fewest pipes (Edmonds and Karp), which ends after few steps.
 */
final class MaxFlow {
  /** One way of a pipe; {@code other} is the opposite way, whose room grows as this one's ends. */
  private static final class Pipe {
    final String to;
    double room;
    @Nullable Pipe other;

    Pipe(String to, double room) {
      this.to = to;
      this.room = room;
    }
  }

  private final Map<String, List<Pipe>> pipes = new HashMap<>();

  /** A pipe one way; its room may be infinite. */
  MaxFlow pipe(String from, String to, double room) {
    Pipe there = new Pipe(to, room);
    Pipe back = new Pipe(from, 0);
    there.other = back;
    back.other = there;
    pipes.computeIfAbsent(from, node -> new ArrayList<>()).add(there);
    pipes.computeIfAbsent(to, node -> new ArrayList<>()).add(back);
    return this;
  }

  /** The most that flows; infinite if a way has no narrow place. Uses the pipes up. */
  double of(String source, String target) {
    double sum = 0;
    List<Pipe> way = way(source, target);
    while (!way.isEmpty()) {
      double narrowest = way.stream().mapToDouble(pipe -> pipe.room).min().orElse(0);
      if (Double.isInfinite(narrowest)) {
        return Double.POSITIVE_INFINITY;
      }
      for (Pipe pipe : way) {
        pipe.room -= narrowest;
        Pipe other = pipe.other;
        if (other != null) {
          other.room += narrowest;
        }
      }
      sum += narrowest;
      way = way(source, target);
    }
    return sum;
  }

  private List<Pipe> way(String source, String target) {
    Map<String, List<Pipe>> ways = new HashMap<>(Map.of(source, List.of()));
    Deque<String> open = new ArrayDeque<>(List.of(source));
    while (!open.isEmpty() && !ways.containsKey(target)) {
      String at = open.removeFirst();
      for (Pipe pipe : pipes.getOrDefault(at, List.of())) {
        if (pipe.room > 0 && !ways.containsKey(pipe.to)) {
          List<Pipe> longer = new ArrayList<>(ways.getOrDefault(at, List.of()));
          longer.add(pipe);
          ways.put(pipe.to, longer);
          open.addLast(pipe.to);
        }
      }
    }
    return ways.getOrDefault(target, List.of());
  }
}
