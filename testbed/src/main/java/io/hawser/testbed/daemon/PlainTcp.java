package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelTcpSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.SocketDiag;
import io.hawser.linux.SocketOwners;
import io.hawser.sim.scenario.Topology;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The plain TCP connections that programs have in the hosts, those among them that asked for MPTCP
 * and fell back while opening. Nothing tells of their birth, so the lists of sock_diag are
 * compared; those that were over between two lists are {@link BriefTcp}'s. Connections of this
 * process are left out, and so are those within a host.
 */
final class PlainTcp implements AutoCloseable {
  /** What a picture can show; the busiest come first. */
  static final int MOST_SHOWN = 20;

  private static final int MOST_SEARCHES = 4;

  private record Source(String host, SocketDiag diag, BriefTcp.Gone gone) {}

  /** One end as one host lists it. */
  private record Listed(String host, SubflowEnds key, KernelTcpSocket socket) {
    long moved() {
      return socket.info().bytesAcked() + socket.info().bytesReceived();
    }
  }

  /** A connection that is told of, or is known to be nobody else's business. */
  private static final class Known {
    final long number;
    final Map<String, SocketOwners.Owner> owners = new HashMap<>();
    int searches;
    boolean own;
    boolean told;

    Known(long number) {
      this.number = number;
    }
  }

  private final KernelBoard board;
  private final Function<IpAddress, String> linkOf;
  private final List<Source> sources = new ArrayList<>();
  private final Map<SubflowEnds, Known> known = new HashMap<>();
  private final long ownProcess = ProcessHandle.current().pid();
  private final BriefTcp brief;
  private int leftOut;

  PlainTcp(KernelBoard board, Function<IpAddress, String> linkOf) {
    this.board = board;
    this.linkOf = linkOf;
    brief = new BriefTcp(this::isKnown);
  }

  /** Whether it was told of, or must not be; {@code ends} sorted. */
  private boolean isKnown(SubflowEnds ends) {
    Known one = known.get(ends);
    return one != null && (one.told || one.own) || board.wasSubflow(ends);
  }

  /** From now on this host's connections are told of too. */
  void host(String host, NetworkNamespace namespace) throws IOException {
    SocketDiag diag = SocketDiag.open(namespace);
    try {
      sources.add(new Source(host, diag, BriefTcp.listen(host, namespace)));
    } catch (IOException e) {
      diag.close();
      throw e;
    }
  }

  /** Tells the figures now. */
  void sample(EventSink sink) throws IOException {
    for (Source source : sources) {
      brief.take(source.gone);
    }
    List<Listed> listed = new ArrayList<>();
    for (Source source : sources) {
      boolean server = source.host.equals(Topology.SERVER);
      for (KernelTcpSocket socket : source.diag.tcp()) {
        if (!socket.local().address().equals(socket.remote().address())) {
          SubflowEnds ends = SubflowEnds.of(socket.local(), socket.remote(), server);
          listed.add(new Listed(source.host, ends.sorted(), socket));
        }
      }
    }
    long nowNs = System.nanoTime();
    brief.tell(nowNs, sink);
    end(listed, nowNs, sink);
    listed.sort(Comparator.comparingLong(Listed::moved).reversed());
    leaveOut(admit(listed), nowNs, sink);
    findOwners(listed);
    for (Listed one : listed) {
      Known connection = known.get(one.key);
      if (connection != null && !connection.own && ownersKnown(connection, one)) {
        tell(connection, one, nowNs, sink);
      }
    }
  }

  private void end(List<Listed> listed, long nowNs, EventSink sink) {
    Set<SubflowEnds> alive = new HashSet<>();
    listed.forEach(one -> alive.add(one.key));
    known
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !alive.contains(entry.getKey());
          if (gone && (entry.getValue().told || entry.getValue().own)) {
            brief.ignore(entry.getKey());
          }
          if (gone && entry.getValue().told) {
            sink.accept(new Event.ConnectionClosed(nowNs, entry.getValue().number, ""));
          }
          return gone;
        });
  }

  /** Takes in new ones as far as there is room; returns how many there is none for. */
  private int admit(List<Listed> listed) {
    long shown = known.values().stream().filter(one -> !one.own).count();
    Set<SubflowEnds> without = new HashSet<>();
    for (Listed one : listed) {
      if (!known.containsKey(one.key)) {
        if (shown < MOST_SHOWN) {
          known.put(one.key, new Known(board.takeNumber()));
          shown++;
        } else {
          without.add(one.key);
        }
      }
    }
    return without.size();
  }

  /** Told when it begins, and when it has doubled. */
  private void leaveOut(int now, long nowNs, EventSink sink) {
    if (now > 2 * leftOut) {
      leftOut = now;
      String text = now + " more TCP connections are not shown, for " + MOST_SHOWN + " are";
      sink.accept(new Event.Note(nowNs, text));
    } else if (now == 0) {
      leftOut = 0;
    }
  }

  private void findOwners(List<Listed> listed) {
    Set<Long> unknown = new HashSet<>();
    for (Listed one : listed) {
      if (searched(one) != null && one.socket.inode() != 0) {
        unknown.add(one.socket.inode());
      }
    }
    Map<Long, SocketOwners.Owner> found = unknown.isEmpty() ? Map.of() : SocketOwners.of(unknown);
    for (Listed one : listed) {
      Known connection = searched(one);
      if (connection != null) {
        connection.searches++;
        SocketOwners.Owner owner = found.get(one.socket.inode());
        if (owner != null) {
          connection.owners.put(one.host, owner);
          connection.own |= owner.processId() == ownProcess;
        }
      }
    }
  }

  private @Nullable Known searched(Listed one) {
    Known connection = known.get(one.key);
    boolean wanted =
        connection != null
            && !connection.owners.containsKey(one.host)
            && connection.searches < 2 * MOST_SEARCHES;
    return wanted ? connection : null;
  }

  private static boolean ownersKnown(Known connection, Listed one) {
    return connection.told
        || connection.owners.containsKey(one.host)
        || connection.searches >= 2 * MOST_SEARCHES;
  }

  private void tell(Known connection, Listed one, long nowNs, EventSink sink) {
    KernelTcpSocket socket = one.socket;
    if (!connection.told) {
      connection.told = true;
      SubflowEnds ends =
          SubflowEnds.of(socket.local(), socket.remote(), one.host.equals(Topology.SERVER));
      sink.accept(
          new Event.ConnectionEstablished(
              nowNs, connection.number, ends.client(), ends.server(), false, true));
    }
    SocketOwners.Owner owner = connection.owners.get(one.host);
    sink.accept(
        new Event.ConnectionSample(
            nowNs,
            connection.number,
            one.host,
            socket.info().bytesAcked(),
            socket.info().bytesReceived(),
            0,
            0,
            owner == null ? "a program" : KernelFigures.text(owner)));
    sink.accept(KernelFigures.sample(nowNs, connection.number, one.host, 0, false, socket, linkOf));
  }

  /** Nobody listens: what went meanwhile is not told later. */
  void pause() throws IOException {
    for (Source source : sources) {
      source.gone.drop();
    }
  }

  @Override
  public void close() {
    for (Source source : sources) {
      source.diag.close();
      source.gone.close();
    }
  }
}
