package io.hawser.core.pm;

import io.hawser.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path-manager endpoints and limits of a stack, in the words of {@code ip mptcp}. Every change
 * is remembered until the stack polls it, so that live connections act on it.
 */
public final class EndpointTable {
  /** Most of either limit, as in Linux. */
  public static final int MOST = 8;

  /** Something that live connections have to act on. */
  public sealed interface Change {
    /** An endpoint is new. */
    record Added(PathEndpoint endpoint) implements Change {}

    /** An endpoint is gone. */
    record Removed(PathEndpoint endpoint) implements Change {}

    /** An endpoint is a backup now, or no longer. */
    record Priority(PathEndpoint endpoint) implements Change {}
  }

  private final List<PathEndpoint> endpoints = new ArrayList<>();
  private final ArrayDeque<Change> changes = new ArrayDeque<>();
  private int subflowLimit = 2;
  private int addAddrAcceptedLimit;

  /** All endpoints, by id. */
  public List<PathEndpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** True if none is configured. */
  public boolean isEmpty() {
    return endpoints.isEmpty();
  }

  /** Most additional subflows of a connection. */
  public int subflowLimit() {
    return subflowLimit;
  }

  /** Most announced addresses that a connection answers with a subflow. */
  public int addAddrAcceptedLimit() {
    return addAddrAcceptedLimit;
  }

  /** Sets both limits, each 0 to {@link #MOST}. */
  public void limits(int subflows, int addAddrAccepted) {
    if (subflows < 0 || subflows > MOST || addAddrAccepted < 0 || addAddrAccepted > MOST) {
      throw new PmException("EINVAL", "a limit is 0 to " + MOST);
    }
    subflowLimit = subflows;
    addAddrAcceptedLimit = addAddrAccepted;
  }

  /** The next change to act on, or null. */
  public @Nullable Change pollChange() {
    return changes.poll();
  }

  /** The id that an address was given, or 0. */
  public int idOf(IpAddress address) {
    PathEndpoint endpoint = byAddress(address);
    return endpoint == null ? 0 : endpoint.id();
  }

  /** The endpoint with this address, or null. */
  public @Nullable PathEndpoint byAddress(IpAddress address) {
    for (PathEndpoint endpoint : endpoints) {
      if (endpoint.address().equals(address)) {
        return endpoint;
      }
    }
    return null;
  }

  /** Adds an endpoint; id 0 means the lowest free one. */
  public PathEndpoint add(PathEndpoint wanted) {
    if (wanted.port() != 0 && !wanted.signal()) {
      throw new PmException("EINVAL", "a port goes with 'signal' only");
    }
    if (wanted.signal() && wanted.fullMesh()) {
      throw new PmException("EINVAL", "'signal' and 'fullmesh' exclude each other");
    }
    int id = wanted.id() == 0 ? freeId() : wanted.id();
    for (PathEndpoint endpoint : endpoints) {
      boolean same =
          endpoint.address().equals(wanted.address()) && endpoint.port() == wanted.port();
      if (same || endpoint.id() == id) {
        throw new PmException("EEXIST", "there is already " + endpoint);
      }
    }
    PathEndpoint made =
        new PathEndpoint(
            id,
            wanted.address(),
            wanted.port(),
            wanted.signal(),
            wanted.subflow(),
            wanted.backup(),
            wanted.fullMesh());
    int at = 0;
    while (at < endpoints.size() && endpoints.get(at).id() < id) {
      at++;
    }
    endpoints.add(at, made);
    changes.add(new Change.Added(made));
    return made;
  }

  private int freeId() {
    for (int id = 1; id < 256; id++) {
      if (indexOf(id) < 0) {
        return id;
      }
    }
    throw new PmException("ENOSPC", "all 255 endpoint ids are taken");
  }

  private int indexOf(int id) {
    for (int i = 0; i < endpoints.size(); i++) {
      if (endpoints.get(i).id() == id) {
        return i;
      }
    }
    return -1;
  }

  private int present(int id) {
    int index = indexOf(id);
    if (index < 0) {
      throw new PmException("ENOENT", "no endpoint has id " + id);
    }
    return index;
  }

  /** Takes an endpoint away. */
  public void delete(int id) {
    changes.add(new Change.Removed(endpoints.remove(present(id))));
  }

  /** Makes an endpoint a backup, or not. */
  public void change(int id, boolean backup) {
    int index = present(id);
    PathEndpoint changed = endpoints.get(index).withBackup(backup);
    endpoints.set(index, changed);
    changes.add(new Change.Priority(changed));
  }

  /** Takes all endpoints away. */
  public void flush() {
    while (!endpoints.isEmpty()) {
      changes.add(new Change.Removed(endpoints.removeLast()));
    }
  }

  /**
   * Carries out the words that follow {@code ip mptcp} and returns what it would print.
   *
   * @throws PmException if it does not know the words, or cannot do it
   */
  public String execute(String words) {
    return EndpointCommand.execute(this, words);
  }
}
