package io.hawser.testbed.yaml;

import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkEvent;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.scenario.Topology;
import io.hawser.sim.scenario.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Reads scenarios.
 *
 * <pre>{@code
 * title: Wi-Fi is cut in mid-transfer
 * topology: wifi-lte
 * stacks: [tcp, mptcp-kernel, hawser]
 * workload: {kind: bulk, flow: download, time: 12s}
 * timeline:
 *   - {at: 4s, link: wifi, do: blackhole}
 *   - {at: 8s, link: wifi, do: restore}
 * repetitions: 3
 * seed: 1
 * }</pre>
 */
public final class ScenarioReader {
  private static final Set<String> VERBS =
      Set.of("down", "up", "remove", "add", "blackhole", "restore", "rebind", "address");

  private ScenarioReader() {}

  /** The built-in scenario of this name, or the one in this file. */
  public static Scenario find(String nameOrFile) throws IOException {
    Source source = Source.find("scenarios", nameOrFile);
    return read(source.name(), source.text());
  }

  /** Names of the built-in scenarios. */
  public static List<String> builtIn() {
    return Source.builtIn("scenarios");
  }

  /** Reads text; {@code file} stands in messages. */
  public static Scenario read(String file, String text) throws IOException {
    Fields fields = Fields.document(file, text, "a scenario");
    String name = fields.textOr("name", Source.stem(file));
    String title = fields.textOr("title", name);
    Topology topology =
        fields.isMapping("topology")
            ? TopologyReader.read(fields.mapping("topology", "wifi-lte"), name)
            : topology(fields);
    List<StackChoice> stacks =
        fields.listOr(
            "stacks",
            List.of(StackChoice.TCP, StackChoice.MPTCP_KERNEL, StackChoice.HAWSER),
            "[tcp, mptcp-kernel, hawser]",
            StackChoice::of);
    Workload workload =
        WorkloadReader.read(fields.mapping("workload", "{kind: bulk, flow: download, time: 10s}"));
    List<LinkEvent> timeline = new ArrayList<>();
    for (Fields item : fields.mappings("timeline")) {
      timeline.add(event(item, topology));
    }
    timeline.sort(Comparator.comparingLong(LinkEvent::atNs));
    String congestion = fields.textOr("congestion", "cubic");
    String scheduler = fields.textOr("scheduler", "");
    int repetitions = fields.parsedOr("repetitions", 3, "3", Integer::parseInt);
    long seed = fields.parsedOr("seed", Scenario.NO_SEED, "1", Long::parseLong);
    fields.end();
    try {
      return new Scenario(
          name,
          title,
          topology,
          stacks,
          workload,
          timeline,
          congestion,
          scheduler,
          repetitions,
          seed);
    } catch (IllegalArgumentException e) {
      throw fields.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Topology topology(Fields fields) throws IOException {
    String wanted = fields.text("topology", "wifi-lte");
    try {
      return TopologyReader.find(wanted);
    } catch (FormatException e) {
      throw e.line() > 0 ? e : fields.wrong("'topology': " + e.getMessage());
    }
  }

  private static LinkEvent event(Fields item, Topology topology) throws FormatException {
    long atNs = item.parsed("at", "4s", Quantity::timeNs);
    String link =
        item.parsed("link", topology.links().getFirst().name(), text -> topology.link(text).name());
    String change = item.parsed("do", "down or rate=5mbit", ScenarioReader::change);
    item.end();
    return new LinkEvent(atNs, link, change);
  }

  private static String change(String text) {
    String settings = text.replaceFirst("^(forth|back):\\s*", "");
    if (!VERBS.contains(text)) {
      if (!settings.contains("=")) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "' is none of down, up, remove, add, blackhole, restore, rebind, address and no"
                + " settings such as rate=5mbit"
                + Words.nearest(text, VERBS));
      }
      LinkConfig.parse(settings);
    }
    return text;
  }
}
