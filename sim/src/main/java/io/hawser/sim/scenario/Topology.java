package io.hawser.sim.scenario;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Two hosts, {@code client} and {@code server}, any number of routers, and links between them.
 *
 * <p>Every link of the client's begins one path; it goes on over routers to the server by the
 * fewest links, of equals the one named first.
 *
 * @param name as users call it
 * @param title one line for people
 * @param links in the order of preference: the first one is where single-path stacks run
 */
public record Topology(String name, String title, List<LinkSpec> links) {
  /** The client's node. */
  public static final String CLIENT = "client";

  /** The server's node. */
  public static final String SERVER = "server";

  /** Checks that names are unique and that every link of the client leads to the server. */
  public Topology {
    links = List.copyOf(links);
    Set<String> names = new HashSet<>();
    for (LinkSpec link : links) {
      if (!names.add(link.name())) {
        throw new IllegalArgumentException("two links are named " + link.name());
      }
    }
    if (links.isEmpty()) {
      throw new IllegalArgumentException("a topology needs at least one link");
    }
    paths(links);
  }

  /** A way from the client to the server. */
  public record Route(List<LinkSpec> links) {
    public Route {
      links = List.copyOf(links);
    }

    /** The client's own link, which names the path. */
    public LinkSpec access() {
      return links.getFirst();
    }
  }

  /** The paths, one for each link of the client, in the order of the links. */
  public List<Route> paths() {
    return paths(links);
  }

  /** All nodes: the client, the server, then routers in the order of their appearance. */
  public List<String> nodes() {
    List<String> nodes = new ArrayList<>(List.of(CLIENT, SERVER));
    for (LinkSpec link : links) {
      for (String end : List.of(link.from(), link.to())) {
        if (!nodes.contains(end)) {
          nodes.add(end);
        }
      }
    }
    return nodes;
  }

  /** The link of this name. */
  public LinkSpec link(String wanted) {
    for (LinkSpec link : links) {
      if (link.name().equals(wanted)) {
        return link;
      }
    }
    List<String> names = links.stream().map(LinkSpec::name).toList();
    throw new IllegalArgumentException("no link '" + wanted + "'; there are " + names);
  }

  private static List<Route> paths(List<LinkSpec> links) {
    List<Route> paths = new ArrayList<>();
    for (LinkSpec link : links) {
      if (link.from().equals(CLIENT)) {
        paths.add(route(links, link));
      } else if (link.to().equals(CLIENT) || link.from().equals(SERVER)) {
        throw new IllegalArgumentException(
            "link " + link.name() + ": 'from' is the end nearer to the client");
      }
    }
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("no link begins at the client");
    }
    return paths;
  }

  /** Breadth first, so that the fewest links win. */
  private static Route route(List<LinkSpec> links, LinkSpec first) {
    List<List<LinkSpec>> open = new ArrayList<>(List.of(List.of(first)));
    Set<String> seen = new HashSet<>(Set.of(CLIENT, first.to()));
    while (!open.isEmpty()) {
      List<LinkSpec> way = open.removeFirst();
      String at = way.getLast().to();
      if (at.equals(SERVER)) {
        return new Route(way);
      }
      for (LinkSpec next : links) {
        if (next.from().equals(at) && seen.add(next.to())) {
          List<LinkSpec> longer = new ArrayList<>(way);
          longer.add(next);
          open.add(longer);
        }
      }
    }
    throw new IllegalArgumentException("link " + first.name() + " does not lead to the server");
  }
}
