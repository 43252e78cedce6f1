package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records as JSON. A field is named as its component; addresses are text; an event's type is in the
 * field {@code event}.
 */
public final class EventCodec {
  private static final String TYPE = "event";
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, Class<?>> kinds = new HashMap<>();

  /** A codec; not for several threads. */
  public EventCodec() {
    for (Class<?> kind : Event.class.getPermittedSubclasses()) {
      kinds.put(kind.getSimpleName(), kind);
    }
  }

  /** One line without its end. */
  public String line(Event event) {
    ObjectNode node = NODES.objectNode();
    node.put(TYPE, event.getClass().getSimpleName());
    fill(node, (Record) event);
    return node.toString();
  }

  /** Any record, indented for people. */
  static String text(Record value) {
    ObjectNode node = NODES.objectNode();
    fill(node, value);
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
  }

  /**
   * The event of a line; null if this version knows no such kind.
   *
   * @throws IOException if the line is not what {@link #line} writes
   */
  public @Nullable Event event(String line) throws IOException {
    try {
      JsonNode node = MAPPER.readTree(line);
      Class<?> kind = kinds.get(node.path(TYPE).asString(""));
      if (kind != null) {
        return (Event) record(kind, node);
      }
      if (node.path(TYPE).isString()) {
        return null;
      }
      throw new IOException("no field '" + TYPE + "'");
    } catch (JacksonException | IllegalArgumentException wrong) {
      String message = String.valueOf(wrong.getMessage());
      throw new IOException(message.lines().findFirst().orElse("not JSON"), wrong);
    } catch (ReflectiveOperationException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private static void fill(ObjectNode node, Record value) {
    try {
      for (RecordComponent part : value.getClass().getRecordComponents()) {
        var accessor = part.getAccessor();
        if (!(value instanceof Event)) {
          accessor.setAccessible(true);
        }
        node.set(part.getName(), node(accessor.invoke(value)));
      }
    } catch (ReflectiveOperationException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case Long number -> NODES.numberNode(number);
      case Integer number -> NODES.numberNode(number);
      case Double number -> Double.isFinite(number) ? NODES.numberNode(number) : NODES.nullNode();
      case Boolean flag -> NODES.booleanNode(flag);
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(element -> array.add(node(element)));
        yield array;
      }
      case Endpoint endpoint -> NODES.stringNode(endpoint.toString());
      case IpAddress address -> NODES.stringNode(address.toString());
      case Event.LinkFacts facts -> {
        ObjectNode inner = NODES.objectNode();
        fill(inner, facts);
        yield inner;
      }
      case Record inner -> {
        ObjectNode object = NODES.objectNode();
        fill(object, inner);
        yield object;
      }
      default -> NODES.stringNode(value.toString());
    };
  }

  private static Object record(Class<?> kind, JsonNode node) throws ReflectiveOperationException {
    RecordComponent[] parts = kind.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
      values[i] = value(types[i], parts[i].getGenericType(), node.path(parts[i].getName()));
    }
    return kind.getConstructor(types).newInstance(values);
  }

  private static Object value(Class<?> type, Type generic, JsonNode node)
      throws ReflectiveOperationException {
    if (type == long.class) {
      return node.asLong(0);
    } else if (type == int.class) {
      return node.asInt(0);
    } else if (type == double.class) {
      return node.asDouble(0);
    } else if (type == boolean.class) {
      return node.asBoolean(false);
    } else if (type == String.class) {
      return node.asString("");
    } else if (type == IpAddress.class) {
      return IpAddress.parse(node.asString(""));
    } else if (type == Endpoint.class) {
      return endpoint(node.asString(""));
    } else if (type == List.class) {
      Class<?> element = (Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0];
      List<Object> list = new ArrayList<>();
      for (JsonNode one : node) {
        list.add(value(element, element, one));
      }
      return list;
    } else if (type.isRecord()) {
      return record(type, node);
    }
    throw new IllegalStateException("no JSON form of " + type);
  }

  private static Endpoint endpoint(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not an address and a port: '" + text + "'");
    }
    String address = text.substring(0, colon);
    if (address.startsWith("[") && address.endsWith("]")) {
      address = address.substring(1, address.length() - 1);
    }
    return new Endpoint(IpAddress.parse(address), Integer.parseInt(text.substring(colon + 1)));
  }
}
