package io.hawser.core.pm;

import io.hawser.wire.IpAddress;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** The words of {@code ip mptcp}. */
final class EndpointCommand {
  private EndpointCommand() {}

  static String execute(EndpointTable table, String words) {
    Iterator<String> in = List.of(words.trim().split("\\s+")).iterator();
    String object = word(in, "limits or endpoint");
    return switch (object) {
      case "limits" -> limits(table, in);
      case "endpoint" -> endpoint(table, in);
      default -> throw unknown(object, "limits or endpoint");
    };
  }

  private static String limits(EndpointTable table, Iterator<String> in) {
    String verb = in.hasNext() ? in.next() : "show";
    if (verb.equals("show")) {
      end(in);
      return "add_addr_accepted "
          + table.addAddrAcceptedLimit()
          + " subflows "
          + table.subflowLimit();
    }
    if (!verb.equals("set")) {
      throw unknown(verb, "show or set");
    }
    int subflows = table.subflowLimit();
    int accepted = table.addAddrAcceptedLimit();
    while (in.hasNext()) {
      String name = in.next();
      switch (name) {
        case "subflow", "subflows" -> subflows = number(in, name);
        case "add_addr_accepted" -> accepted = number(in, name);
        default -> throw unknown(name, "subflows or add_addr_accepted");
      }
    }
    table.limits(subflows, accepted);
    return "";
  }

  private static String endpoint(EndpointTable table, Iterator<String> in) {
    String verb = in.hasNext() ? in.next() : "show";
    switch (verb) {
      case "show", "list" -> {
        return show(table, in);
      }
      case "add" -> add(table, in);
      case "delete", "del" -> delete(table, in);
      case "flush" -> {
        end(in);
        table.flush();
      }
      case "change" -> change(table, in);
      default -> throw unknown(verb, "add, delete, change, flush or show");
    }
    return "";
  }

  private static String show(EndpointTable table, Iterator<String> in) {
    if (!in.hasNext()) {
      return table.endpoints().stream()
          .map(PathEndpoint::toString)
          .collect(Collectors.joining("\n"));
    }
    PathEndpoint found = table.endpoints().get(index(table, in));
    end(in);
    return found.toString();
  }

  private static void delete(EndpointTable table, Iterator<String> in) {
    expect(in, "id");
    int id = number(in, "id");
    if (id == 0) {
      IpAddress address = address(in);
      end(in);
      table.deleteInitial(address);
      return;
    }
    if (in.hasNext()) {
      address(in);
    }
    end(in);
    table.delete(id);
  }

  /** Reads {@code id N} or an address, and finds the endpoint. */
  private static int index(EndpointTable table, Iterator<String> in) {
    String name = word(in, "id or an address");
    List<PathEndpoint> all = table.endpoints();
    int id = name.equals("id") ? number(in, name) : table.idOf(parse(name));
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).id() == id) {
        return i;
      }
    }
    throw new PmException("EINVAL", "address not found");
  }

  private static void change(EndpointTable table, Iterator<String> in) {
    PathEndpoint endpoint = table.endpoints().get(index(table, in));
    boolean backup = endpoint.backup();
    boolean fullMesh = endpoint.fullMesh();
    String wanted = "backup, nobackup, fullmesh or nofullmesh";
    do {
      String flag = word(in, wanted);
      switch (flag) {
        case "backup" -> backup = true;
        case "nobackup" -> backup = false;
        case "fullmesh" -> fullMesh = true;
        case "nofullmesh" -> fullMesh = false;
        default -> throw unknown(flag, wanted);
      }
    } while (in.hasNext());
    table.change(endpoint.id(), backup, fullMesh);
  }

  private static void add(EndpointTable table, Iterator<String> in) {
    IpAddress address = address(in);
    int id = 0;
    int port = 0;
    boolean signal = false;
    boolean subflow = false;
    boolean backup = false;
    boolean fullMesh = false;
    while (in.hasNext()) {
      String name = in.next();
      switch (name) {
        case "id" -> id = number(in, name);
        case "port" -> port = number(in, name);
        case "dev" -> word(in, "a device");
        case "signal" -> signal = true;
        case "subflow" -> subflow = true;
        case "backup" -> backup = true;
        case "fullmesh" -> fullMesh = true;
        default -> throw unknown(name, "id, port, dev, signal, subflow, backup or fullmesh");
      }
    }
    if (id < 0 || id > 255 || port < 0 || port > 65535) {
      throw new PmException("EINVAL", "an id is 0 to 255, a port 0 to 65535");
    }
    table.add(new PathEndpoint(id, address, port, signal, subflow, backup, fullMesh));
  }

  private static IpAddress address(Iterator<String> in) {
    return parse(word(in, "an address"));
  }

  private static IpAddress parse(String text) {
    try {
      return IpAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new PmException("EINVAL", String.valueOf(e.getMessage()));
    }
  }

  private static void end(Iterator<String> in) {
    if (in.hasNext()) {
      throw unknown(in.next(), "expected here");
    }
  }

  private static void expect(Iterator<String> in, String wanted) {
    String found = word(in, wanted);
    if (!found.equals(wanted)) {
      throw unknown(found, wanted);
    }
  }

  private static String word(Iterator<String> in, String wanted) {
    if (!in.hasNext()) {
      throw new PmException("EINVAL", "expected " + wanted + " at the end");
    }
    return in.next();
  }

  private static int number(Iterator<String> in, String name) {
    String text = word(in, "a number after " + name);
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new PmException("EINVAL", name + " needs a number, not '" + text + "'");
    }
  }

  private static PmException unknown(String found, String wanted) {
    return new PmException("EINVAL", "'" + found + "' is not " + wanted);
  }
}
