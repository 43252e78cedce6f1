package io.hawser.report;

import io.hawser.event.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the links could carry as payload at each moment: a step function. */
final class PhysicalLimit {
  private static final Set<String> UNUSABLE = Set.of("down", "blackhole");

  /** From here to the next step; bits per second of payload, negative if nothing bounds it. */
  record Step(long fromNs, double bitsPerSecond) {}

  private final List<Step> steps = new ArrayList<>();

  PhysicalLimit(Recording run, Flow flow) {
    HeaderShare share = HeaderShare.of(run);
    Map<String, Event.LinkFacts> facts = new LinkedHashMap<>();
    Map<String, Double> rates = new LinkedHashMap<>();
    if (run.started != null) {
      for (Event.LinkFacts link : run.started.links()) {
        facts.put(link.name(), link);
        boolean usable =
            Set.of(link.text().split("[\\s,]+")).stream().noneMatch(UNUSABLE::contains);
        rates.put(
            link.name(),
            rate(usable, link.forthBitsPerSecond(), link.backBitsPerSecond(), flow, share, link));
      }
    }
    steps.add(new Step(run.beginNs(), sum(rates)));
    for (Event.LinkChanged change : run.changes) {
      Event.LinkFacts link =
          facts.computeIfAbsent(
              change.link(),
              name ->
                  new Event.LinkFacts(
                      name, change.forthBitsPerSecond(), change.backBitsPerSecond(), ""));
      rates.put(
          change.link(),
          rate(
              change.usable(),
              change.forthBitsPerSecond(),
              change.backBitsPerSecond(),
              flow,
              share,
              link));
      steps.add(new Step(change.atNs(), sum(rates)));
    }
  }

  private static double rate(
      boolean usable, long forth, long back, Flow flow, HeaderShare share, Event.LinkFacts link) {
    if (!usable) {
      return 0;
    }
    boolean unlimited =
        switch (flow) {
          case FORTH -> forth == 0;
          case BACK -> back == 0;
          case BOTH -> forth == 0 || back == 0;
        };
    return unlimited ? Double.POSITIVE_INFINITY : flow.pick(forth, back) * share.of(link);
  }

  private static double sum(Map<String, Double> rates) {
    if (rates.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    return rates.values().stream().mapToDouble(Double::doubleValue).sum();
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
