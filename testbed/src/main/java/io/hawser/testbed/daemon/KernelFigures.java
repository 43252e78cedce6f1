package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelConnection;
import io.hawser.linux.KernelSubflow;
import io.hawser.linux.KernelTcpSocket;
import io.hawser.linux.MptcpInfo;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.SocketDiag;
import io.hawser.linux.SocketOwners;
import io.hawser.linux.TcpInfo;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the MPTCP connections that programs have in one host, by sock_diag. Connections of
 * this process are left out: the trial that opened them tells of them.
 */
final class KernelFigures implements AutoCloseable {
  /** More would tell nobody anything. */
  private static final int MOST_CONNECTIONS = 100;

  /** TCP's states as the kernel numbers them, from 1. */
  private static final List<String> STATES =
      List.of(
          "ESTABLISHED",
          "SYN_SENT",
          "SYN_RECEIVED",
          "FIN_WAIT_1",
          "FIN_WAIT_2",
          "TIME_WAIT",
          "CLOSED",
          "CLOSE_WAIT",
          "LAST_ACK",
          "LISTEN",
          "CLOSING");

  private final String host;
  private final SocketDiag diag;
  private final KernelBoard board;
  private final Function<IpAddress, String> linkOf;
  private final long ownProcess = ProcessHandle.current().pid();

  KernelFigures(
      String host,
      NetworkNamespace namespace,
      KernelBoard board,
      Function<IpAddress, String> linkOf)
      throws IOException {
    this.host = host;
    this.board = board;
    this.linkOf = linkOf;
    diag = SocketDiag.open(namespace);
  }

  /** Tells the figures now; asks nobody while there is no connection. */
  void sample(EventSink sink) throws IOException {
    if (!board.isLive(host)) {
      return;
    }
    // What has fallen back while opening has no token: it is TCP, and PlainTcp tells of it.
    List<KernelConnection> listed =
        diag.connections().stream().filter(one -> one.token() != 0).toList();
    long nowNs = System.nanoTime();
    List<KernelBoard.Seen> seen = new ArrayList<>();
    Set<Integer> tokens = new HashSet<>();
    for (KernelConnection one : listed) {
      tokens.add(one.token());
      seen.add(board.seen(host, one, nowNs));
    }
    findOwners(listed, seen, nowNs, sink);
    int told = 0;
    for (int i = 0; i < listed.size() && told < MOST_CONNECTIONS; i++) {
      SocketOwners.@Nullable Owner owner = seen.get(i).owner();
      if (owner != null && owner.processId() != ownProcess) {
        tell(listed.get(i), seen.get(i), owner, nowNs, sink);
        told++;
      }
    }
    board.listed(host, tokens, nowNs);
  }

  /** A socket without a number is not accepted yet, or closed by its program. */
  private void findOwners(
      List<KernelConnection> listed, List<KernelBoard.Seen> seen, long nowNs, EventSink sink) {
    Set<Long> unknown = new HashSet<>();
    for (int i = 0; i < listed.size(); i++) {
      if (seen.get(i).owner() == null && listed.get(i).inode() != 0) {
        unknown.add(listed.get(i).inode());
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    Map<Long, SocketOwners.Owner> found = SocketOwners.of(unknown);
    for (int i = 0; i < listed.size(); i++) {
      KernelBoard.Seen one = seen.get(i);
      if (one.owner() == null
          && listed.get(i).inode() != 0
          && board.owner(one, found.get(listed.get(i).inode()))) {
        tellOwner(one, nowNs, sink);
      }
    }
  }

  private void tellOwner(KernelBoard.Seen seen, long nowNs, EventSink sink) {
    SocketOwners.@Nullable Owner owner = seen.owner();
    if (owner != null && owner.processId() != ownProcess) {
      sink.accept(
          new Event.Note(
              nowNs,
              "Connection %d in %s is of %s".formatted(seen.entry.number(), host, text(owner))));
    }
  }

  static String text(SocketOwners.Owner owner) {
    return owner.program() + (owner.processId() == 0 ? "" : " (" + owner.processId() + ")");
  }

  private void tell(
      KernelConnection connection,
      KernelBoard.Seen seen,
      SocketOwners.Owner owner,
      long nowNs,
      EventSink sink) {
    MptcpInfo info = connection.info();
    if (info.fallback()) {
      board.fellBack(seen, nowNs);
    }
    sink.accept(
        new Event.ConnectionSample(
            nowNs,
            seen.entry.number(),
            host,
            info.bytesAcked(),
            info.bytesReceived(),
            info.bytesRetransmitted(),
            0,
            text(owner)));
    for (KernelSubflow subflow : connection.subflows()) {
      sink.accept(sample(subflow, seen, nowNs));
    }
  }

  private Event.SubflowSample sample(KernelSubflow subflow, KernelBoard.Seen seen, long nowNs) {
    int number = board.subflow(seen, subflow.tcp().local(), subflow.tcp().remote());
    return sample(
        nowNs, seen.entry.number(), host, number, subflow.backup(), subflow.tcp(), linkOf);
  }

  /** What one TCP socket of the kernel has counted. */
  static Event.SubflowSample sample(
      long nowNs,
      long connection,
      String host,
      int subflow,
      boolean backup,
      KernelTcpSocket socket,
      Function<IpAddress, String> linkOf) {
    TcpInfo tcp = socket.info();
    String byLocal = linkOf.apply(socket.local().address());
    return new Event.SubflowSample(
        nowNs,
        connection,
        host,
        subflow,
        byLocal.isEmpty() ? linkOf.apply(socket.remote().address()) : byLocal,
        socket.local(),
        socket.remote(),
        state(socket.state()),
        backup,
        tcp.bytesAcked(),
        tcp.bytesReceived(),
        tcp.rttMicros() * 1000,
        tcp.cwndSegments() * Math.max(1, tcp.sendMssBytes()),
        Math.max(0, tcp.bytesSent() - tcp.bytesRetransmitted() - tcp.bytesAcked()),
        tcp.totalRetransmits());
  }

  private static String state(int number) {
    return number >= 1 && number <= STATES.size() ? STATES.get(number - 1) : "state " + number;
  }

  @Override
  public void close() {
    diag.close();
  }
}
