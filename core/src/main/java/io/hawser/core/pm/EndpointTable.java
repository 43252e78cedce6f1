package io.hawser.core.pm;

import io.hawser.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path-manager endpoints and limits of a stack, in the words of {@code ip mptcp} and with
 * Linux's errors. Every change is remembered until the stack polls it, so that live connections act
 * on it.
 */
public final class EndpointTable {
  /** Most of either limit, as in Linux. */
  public static final int MOST = 8;

  private static final int LAST_ID = 255;

  /** Something that live connections have to act on. */
  public sealed interface Change {
    /** An endpoint is new: ask the path manager. */
    record Added(PathEndpoint endpoint) implements Change {}

    /**
     * An endpoint is gone: withdraw it where it was announced, close the subflows from its address.
     * Id 0: the connections whose first subflow has this address lose that one.
     */
    record Removed(PathEndpoint endpoint) implements Change {}

    /** An endpoint is a backup now, or no longer: MP_PRIO on the subflows from its address. */
    record Priority(PathEndpoint endpoint) implements Change {}
  }

  private final List<PathEndpoint> endpoints = new ArrayList<>();
  // Addresses that were given an id because a subflow uses them; Linux calls them implicit.
  private final List<PathEndpoint> implied = new ArrayList<>();
  private final ArrayDeque<Change> changes = new ArrayDeque<>();
  private int nextId = 1;
  private int subflowLimit = 2;
  private int addAddrAcceptedLimit;
  private boolean limitsSet;

  /** All endpoints, by id. */
  public List<PathEndpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** True if none is configured. */
  public boolean isEmpty() {
    return endpoints.isEmpty();
  }

  /** True once somebody has set limits: they bind the accepting side as well then. */
  public boolean limitsSet() {
    return limitsSet;
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
    limitsSet = true;
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

  /** The endpoint with this address, without a port of its own if there is a choice; or null. */
  public @Nullable PathEndpoint byAddress(IpAddress address) {
    PathEndpoint found = null;
    for (PathEndpoint endpoint : endpoints) {
      if (endpoint.address().equals(address) && (found == null || endpoint.port() == 0)) {
        found = endpoint;
      }
    }
    return found;
  }

  /** The endpoint with this id, or null. */
  public @Nullable PathEndpoint byId(int id) {
    int index = indexOf(endpoints, id);
    return index < 0 ? null : endpoints.get(index);
  }

  /**
   * The id of an address that a subflow uses: its endpoint's, or one that it is given now and
   * keeps.
   */
  public int idFor(IpAddress address) {
    PathEndpoint endpoint = byAddress(address);
    if (endpoint != null && endpoint.port() == 0) {
      return endpoint.id();
    }
    for (PathEndpoint known : implied) {
      if (known.address().equals(address)) {
        return known.id();
      }
    }
    PathEndpoint made = PathEndpoint.plain(freeId(), address);
    implied.add(made);
    return made.id();
  }

  /** Adds an endpoint; id 0 means a free one. Returns it with its id. */
  public PathEndpoint add(PathEndpoint wanted) {
    if (wanted.port() != 0 && (!wanted.signal() || wanted.subflow())) {
      throw new PmException("EINVAL", "flags must have signal and not subflow when using port");
    }
    if (wanted.signal() && wanted.fullMesh()) {
      throw new PmException("EINVAL", "flags mustn't have both signal and fullmesh");
    }
    for (PathEndpoint e : endpoints) {
      if (e.address().equals(wanted.address()) && e.port() == wanted.port()) {
        throw new PmException("EEXIST", "there is already " + e);
      }
    }
    PathEndpoint made = wanted.withId(idToGive(wanted));
    int at = 0;
    while (at < endpoints.size() && endpoints.get(at).id() < made.id()) {
      at++;
    }
    endpoints.add(at, made);
    changes.add(new Change.Added(made));
    return made;
  }

  private int idToGive(PathEndpoint wanted) {
    for (int i = 0; wanted.port() == 0 && i < implied.size(); i++) {
      PathEndpoint known = implied.get(i);
      if (known.address().equals(wanted.address())) {
        // Peers know the address by this id already, so it cannot get another.
        if (wanted.id() != 0 && wanted.id() != known.id()) {
          throw new PmException("EINVAL", wanted.address() + " is in use with id " + known.id());
        }
        implied.remove(i);
        return known.id();
      }
    }
    if (wanted.id() == 0) {
      return freeId();
    }
    if (taken(wanted.id())) {
      throw new PmException("EBUSY", "id " + wanted.id() + " is taken");
    }
    nextId = Math.max(nextId, wanted.id());
    return wanted.id();
  }

  /** As in Linux the search begins at the highest id given, so a freed one rests for long. */
  private int freeId() {
    for (int i = 0; i < LAST_ID; i++) {
      int id = (nextId - 1 + i) % LAST_ID + 1;
      if (!taken(id)) {
        nextId = id;
        return id;
      }
    }
    throw new PmException("ERANGE", "all " + LAST_ID + " ids are taken");
  }

  private boolean taken(int id) {
    return indexOf(endpoints, id) >= 0 || indexOf(implied, id) >= 0;
  }

  private static int indexOf(List<PathEndpoint> list, int id) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).id() == id) {
        return i;
      }
    }
    return -1;
  }

  private int present(int id) {
    int index = indexOf(endpoints, id);
    if (index < 0) {
      throw new PmException("EINVAL", "address not found");
    }
    return index;
  }

  /** Takes an endpoint away. */
  public void delete(int id) {
    changes.add(new Change.Removed(endpoints.remove(present(id))));
  }

  /** Takes the first subflow away from the connections that have it on this address. */
  public void deleteInitial(IpAddress address) {
    changes.add(new Change.Removed(PathEndpoint.plain(0, address)));
  }

  /** Makes an endpoint a backup, or not. */
  public void change(int id, boolean backup) {
    change(id, backup, endpoints.get(present(id)).fullMesh());
  }

  /** Sets both flags that may change. */
  public void change(int id, boolean backup, boolean fullMesh) {
    int index = present(id);
    PathEndpoint before = endpoints.get(index);
    if (fullMesh && before.signal()) {
      throw new PmException("EINVAL", "invalid addr flags");
    }
    PathEndpoint after = before.withFlags(backup, fullMesh);
    endpoints.set(index, after);
    if (before.backup() != backup) {
      changes.add(new Change.Priority(after));
    }
    if (before.fullMesh() != fullMesh) {
      changes.add(new Change.Added(after));
    }
  }

  /** Takes all endpoints away. */
  public void flush() {
    for (PathEndpoint endpoint : endpoints) {
      changes.add(new Change.Removed(endpoint));
    }
    endpoints.clear();
    nextId = 1;
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
