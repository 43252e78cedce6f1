package io.hawser.workload;

import io.hawser.core.api.StatsEvents;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelMptcpSocket;
import io.hawser.linux.KernelSocket;
import io.hawser.linux.MptcpInfo;
import io.hawser.linux.TcpInfo;
import io.hawser.socket.HawserSocket;
import io.hawser.socket.KernelStreamSocket;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.function.Function;

/** The figures of a socket's connection and subflows, whatever stack is under it. */
public final class SocketFigures {
  private final String host;
  private final long connection;
  private final StatsEvents figures;

  /**
   * For one connection.
   *
   * @param host which end this is
   * @param connection the number that its samples carry
   * @param linkOf the link that an address belongs to, local or remote; empty if unknown
   */
  public SocketFigures(String host, long connection, Function<IpAddress, String> linkOf) {
    this.host = host;
    this.connection = connection;
    this.figures = new StatsEvents(host, connection, linkOf);
  }

  /** Tells the figures now; sockets of other kinds, and closed ones, tell nothing. */
  public void sample(Socket socket, long atNs, EventSink sink) {
    try {
      if (socket instanceof HawserSocket hawser) {
        figures.tell(hawser.stats(), atNs, sink);
      } else if (socket instanceof KernelStreamSocket kernel) {
        kernel(kernel.kernel(), atNs, sink);
      }
    } catch (IOException e) {
      // It was closed meanwhile; its last figures stand.
      return;
    }
  }

  private void kernel(KernelSocket socket, long atNs, EventSink sink) throws IOException {
    List<KernelMptcpSocket.Subflow> subflows = socket.subflows();
    if (subflows.isEmpty()) {
      TcpInfo tcp = socket.tcpInfo();
      sink.accept(
          new Event.ConnectionSample(
              atNs, connection, host, tcp.bytesAcked(), tcp.bytesReceived(), 0, 0));
      sink.accept(
          sample(atNs, new KernelMptcpSocket.Subflow(0, socket.local(), socket.remote(), tcp)));
      return;
    }
    MptcpInfo info = socket.mptcpInfo();
    sink.accept(
        new Event.ConnectionSample(
            atNs,
            connection,
            host,
            info.bytesAcked(),
            info.bytesReceived(),
            info.bytesRetransmitted(),
            0));
    for (KernelMptcpSocket.Subflow subflow : subflows) {
      sink.accept(sample(atNs, subflow));
    }
  }

  private Event.SubflowSample sample(long atNs, KernelMptcpSocket.Subflow subflow) {
    TcpInfo tcp = subflow.tcp();
    return new Event.SubflowSample(
        atNs,
        connection,
        host,
        subflow.id(),
        figures.link(subflow.local(), subflow.remote()),
        subflow.local(),
        subflow.remote(),
        tcp.state() == TcpInfo.ESTABLISHED ? "ESTABLISHED" : "state " + tcp.state(),
        false,
        tcp.bytesAcked(),
        tcp.bytesReceived(),
        tcp.rttMicros() * 1000L,
        tcp.cwndSegments() * Math.max(1, tcp.sendMssBytes()),
        Math.max(0, tcp.bytesSent() - tcp.bytesRetransmitted() - tcp.bytesAcked()),
        tcp.totalRetransmits());
  }
}
