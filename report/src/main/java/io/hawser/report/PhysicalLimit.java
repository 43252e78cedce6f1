package io.hawser.report;

import io.hawser.event.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the links could carry as payload at each moment: a step function. */
final class PhysicalLimit {
  private static final Set<String> UNUSABLE = Set.of("down", "blackhole");

  /** From here to the next step; bits per second of payload, negative if nothing bounds it. */
  record Step(long fromNs, double bitsPerSecond) {}

  /** What a link can carry now, less headers, each way. */
  private record Capacity(Event.LinkFacts link, double forth, double back) {}

  private final List<Step> steps = new ArrayList<>();
  private final Flow flow;
  private final HeaderShare share;

  PhysicalLimit(Recording run, Flow flow) {
    this.flow = flow;
    share = HeaderShare.of(run);
    Map<String, Capacity> links = new LinkedHashMap<>();
    if (run.started != null) {
      for (Event.LinkFacts link : run.started.links()) {
        boolean usable = Stream.of(link.text().split("[\\s,]+")).noneMatch(UNUSABLE::contains);
        links.put(
            link.name(),
            capacity(link, usable, link.forthBitsPerSecond(), link.backBitsPerSecond()));
      }
    }
    steps.add(new Step(run.beginNs(), limit(links)));
    for (Event.LinkChanged change : run.changes) {
      long forth = change.forthBitsPerSecond();
      long back = change.backBitsPerSecond();
      Capacity before = links.get(change.link());
      Event.LinkFacts link =
          before == null ? new Event.LinkFacts(change.link(), forth, back, "") : before.link();
      links.put(change.link(), capacity(link, change.usable(), forth, back));
      steps.add(new Step(change.atNs(), limit(links)));
    }
  }

  private Capacity capacity(Event.LinkFacts link, boolean usable, long forth, long back) {
    return new Capacity(link, payload(link, usable, forth), payload(link, usable, back));
  }

  private double payload(Event.LinkFacts link, boolean usable, long rate) {
    if (!usable) {
      return 0;
    }
    return rate == 0 ? Double.POSITIVE_INFINITY : rate * share.of(link);
  }

  /** The most that all links together carry from end to end: links in a row count once. */
  private double limit(Map<String, Capacity> links) {
    if (links.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    if (flow != Flow.BACK) {
      MaxFlow pipes = new MaxFlow();
      for (Capacity one : links.values()) {
        pipes.pipe(one.link().from(), one.link().to(), one.forth());
      }
      sum += pipes.of(Event.LinkFacts.CLIENT, Event.LinkFacts.SERVER);
    }
    if (flow != Flow.FORTH) {
      MaxFlow pipes = new MaxFlow();
      for (Capacity one : links.values()) {
        pipes.pipe(one.link().to(), one.link().from(), one.back());
      }
      sum += pipes.of(Event.LinkFacts.SERVER, Event.LinkFacts.CLIENT);
    }
    return sum;
  }

  /** In the order of time; a rate may be infinite. */
  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** The mean over an interval; infinite if a link without a rate was up in it. */
  double meanBitsPerSecond(long fromNs, long toNs) {
    double bits = 0;
    for (int i = 0; i < steps.size(); i++) {
      long beginNs = Math.max(fromNs, i == 0 ? Long.MIN_VALUE : steps.get(i).fromNs());
      long endNs = i + 1 < steps.size() ? Math.min(toNs, steps.get(i + 1).fromNs()) : toNs;
      if (endNs > beginNs) {
        bits += steps.get(i).bitsPerSecond() * ((endNs - beginNs) / 1e9);
      }
    }
    return toNs > fromNs ? bits / ((toNs - fromNs) / 1e9) : Double.POSITIVE_INFINITY;
  }
}
