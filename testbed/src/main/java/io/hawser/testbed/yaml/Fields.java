package io.hawser.testbed.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A YAML mapping that is read field by field; whatever was not asked for is a mistake. */
final class Fields {
  private final String file;
  private final Node node;
  private final String what;
  private final Map<String, NodeTuple> left = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  private Fields(String file, Node node, String what) throws FormatException {
    this.file = file;
    this.node = node;
    this.what = what;
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, what + " must be a mapping such as {name: value}");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      left.put(scalar(tuple.getKeyNode(), "a field's name"), tuple);
    }
  }

  /** The whole document. */
  static Fields document(String file, String text, String what) throws FormatException {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setMaxAliasesForCollections(20).build();
    try {
      Node root = new Compose(settings).composeString(text).orElse(null);
      if (root == null) {
        throw new FormatException(file, 0, 0, "the file is empty; it should hold " + what);
      }
      return new Fields(file, root, what);
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().orElse(null);
      String problem = String.valueOf(e.getProblem());
      throw mark == null
          ? new FormatException(file, 0, 0, "no YAML: " + problem)
          : new FormatException(
              file, mark.getLine() + 1, mark.getColumn() + 1, "no YAML: " + problem);
    } catch (YamlEngineException e) {
      throw new FormatException(file, 0, 0, "no YAML: " + e.getMessage());
    }
  }

  boolean has(String name) {
    known.add(name);
    return left.containsKey(name);
  }

  private @Nullable Node take(String name) {
    known.add(name);
    NodeTuple tuple = left.remove(name);
    return tuple == null ? null : tuple.getValueNode();
  }

  private Node need(String name, String example) throws FormatException {
    Node value = take(name);
    if (value == null) {
      misspelt(name);
      throw wrong(node, what + " lacks the field '" + name + "', such as " + name + ": " + example);
    }
    return value;
  }

  /** A field that is missing may be there under a name that is nearly right. */
  private void misspelt(String name) throws FormatException {
    for (Map.Entry<String, NodeTuple> entry : left.entrySet()) {
      if (!Words.nearest(entry.getKey(), List.of(name)).isEmpty()) {
        throw wrong(
            entry.getValue().getKeyNode(),
            "unknown field '" + entry.getKey() + "' in " + what + "; it should be '" + name + "'");
      }
    }
  }

  private String scalar(Node value, String field) throws FormatException {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(value, field + " must be one value, not a list or a mapping");
  }

  /** A text that must be there. */
  String text(String name, String example) throws FormatException {
    return scalar(need(name, example), "'" + name + "'");
  }

  /** A text that need not be there. */
  String textOr(String name, String otherwise) throws FormatException {
    Node value = take(name);
    return value == null ? otherwise : scalar(value, "'" + name + "'");
  }

  /** A value that a parser understands; its IllegalArgumentException tells what is wrong. */
  <T> T parsed(String name, String example, Function<String, T> parser) throws FormatException {
    Node value = need(name, example);
    return parse(value, name, example, parser);
  }

  /** The same, or another value if it is not there. */
  <T> T parsedOr(String name, T otherwise, String example, Function<String, T> parser)
      throws FormatException {
    Node value = take(name);
    return value == null ? otherwise : parse(value, name, example, parser);
  }

  private <T> T parse(Node value, String name, String example, Function<String, T> parser)
      throws FormatException {
    String text = scalar(value, "'" + name + "'");
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw wrong(
          value, "'" + name + ": " + text + "' cannot be read; it should look like " + example);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw wrong(value, "'" + name + "': " + e.getMessage() + "; it should look like " + example);
    }
  }

  /** A mapping inside this one. */
  Fields mapping(String name, String example) throws FormatException {
    return new Fields(file, need(name, example), "'" + name + "'");
  }

  /** Whether the field is a mapping rather than one value. */
  boolean isMapping(String name) {
    NodeTuple tuple = left.get(name);
    return tuple != null && tuple.getValueNode() instanceof MappingNode;
  }

  /** A list of mappings; empty if the field is not there. */
  List<Fields> mappings(String name) throws FormatException {
    Node value = take(name);
    List<Fields> all = new ArrayList<>();
    if (value != null) {
      if (!(value instanceof SequenceNode sequence)) {
        throw wrong(value, "'" + name + "' must be a list; begin each item with '-'");
      }
      for (Node item : sequence.getValue()) {
        all.add(new Fields(file, item, "an item of '" + name + "'"));
      }
    }
    return all;
  }

  /** A list of values; one value alone counts as a list of one. */
  <T> List<T> listOr(String name, List<T> otherwise, String example, Function<String, T> parser)
      throws FormatException {
    Node value = take(name);
    if (value == null) {
      return otherwise;
    }
    List<T> all = new ArrayList<>();
    if (value instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        all.add(parse(item, name, example, parser));
      }
    } else {
      all.add(parse(value, name, example, parser));
    }
    return all;
  }

  /** Call at the end: fields that nobody asked for are mistakes. */
  void end() throws FormatException {
    for (Map.Entry<String, NodeTuple> entry : left.entrySet()) {
      throw wrong(
          entry.getValue().getKeyNode(),
          "unknown field '"
              + entry.getKey()
              + "' in "
              + what
              + Words.nearest(entry.getKey(), known)
              + "; known are "
              + String.join(", ", known));
    }
  }

  /** A mistake in this mapping as a whole. */
  FormatException wrong(String text) {
    return wrong(node, text);
  }

  private FormatException wrong(Node at, String text) {
    Mark mark = at.getStartMark().orElse(null);
    return mark == null
        ? new FormatException(file, 0, 0, text)
        : new FormatException(file, mark.getLine() + 1, mark.getColumn() + 1, text);
  }
}
