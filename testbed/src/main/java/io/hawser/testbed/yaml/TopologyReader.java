package io.hawser.testbed.yaml;

import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.LinkSpec;
import io.hawser.sim.scenario.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads topologies.
 *
 * <pre>{@code
 * name: wifi-lte
 * title: Wi-Fi at 40 Mbit/s and LTE at 20 Mbit/s
 * links:
 *   - {name: wifi, from: client, to: server, both: "rate=40mbit delay=10ms queue=300kb"}
 *   - {name: lte, forth: "rate=10mbit delay=25ms", back: "rate=20mbit delay=25ms", backup: true}
 * }</pre>
 *
 * {@code from} is the end nearer to the client; {@code client} and {@code server} are what it is
 * without. {@code forth} is the direction towards the server.
 */
public final class TopologyReader {
  private static final String SETTINGS = "\"rate=20mbit delay=10ms loss=0.1% queue=200kb\"";

  private TopologyReader() {}

  /** The built-in topology of this name, or the one in this file. */
  public static Topology find(String nameOrFile) throws IOException {
    Source source = Source.find("topologies", nameOrFile);
    return read(source.name(), source.text());
  }

  /** Names of the built-in topologies. */
  public static List<String> builtIn() {
    return Source.builtIn("topologies");
  }

  /** Reads text; {@code file} stands in messages. */
  public static Topology read(String file, String text) throws FormatException {
    return read(Fields.document(file, text, "a topology"), file);
  }

  static Topology read(Fields fields, String file) throws FormatException {
    String name = fields.textOr("name", Source.stem(file));
    String title = fields.textOr("title", name);
    List<LinkSpec> links = new ArrayList<>();
    List<Fields> items = fields.mappings("links");
    if (items.isEmpty()) {
      throw fields.wrong("a topology needs 'links', a list of at least one link");
    }
    for (Fields item : items) {
      links.add(link(item));
    }
    fields.end();
    try {
      return new Topology(name, title, links);
    } catch (IllegalArgumentException e) {
      throw fields.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static LinkSpec link(Fields item) throws FormatException {
    String name = item.text("name", "wifi");
    String from = item.textOr("from", Topology.CLIENT);
    String to = item.textOr("to", Topology.SERVER);
    boolean hasBoth = item.has("both");
    LinkConfig both = item.parsedOr("both", LinkConfig.DEFAULT, SETTINGS, LinkConfig::parse);
    if (!hasBoth && !(item.has("forth") && item.has("back"))) {
      throw item.wrong(
          "link '" + name + "' needs 'both', or 'forth' and 'back', such as both: " + SETTINGS);
    }
    LinkConfig forth = item.parsedOr("forth", both, SETTINGS, both::with);
    LinkConfig back = item.parsedOr("back", both, SETTINGS, both::with);
    boolean backup = item.parsedOr("backup", false, "true", TopologyReader::truth);
    LinkSpec.Emulator emulator =
        item.parsedOr("emulator", LinkSpec.Emulator.AUTO, "hawser", TopologyReader::emulator);
    item.end();
    try {
      return new LinkSpec(name, from, to, forth, back, emulator, backup);
    } catch (IllegalArgumentException e) {
      throw item.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true", "yes" -> true;
      case "false", "no" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  private static LinkSpec.Emulator emulator(String text) {
    try {
      return LinkSpec.Emulator.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no emulator '" + text + "'; there are auto, hawser, tbf and netem", e);
    }
  }
}
