package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hawser.wire.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the kernel's MPTCP that tells all the kernel knows of its connection and each of its
 * subflows.
 */
public final class KernelMptcpSocket implements Closeable {
  /** More than the kernel allows: 8 besides the first, by either side. */
  private static final int MOST_SUBFLOWS = 32;

  // struct mptcp_full_info and struct mptcp_subflow_info
  private static final int TCP_INFO_SIZE = 4;
  private static final int SUBFLOW_INFO_SIZE = 12;
  private static final int COUNT = 16;
  private static final int ARRAY_LENGTH = 20;
  private static final int SUBFLOW_INFOS = 24;
  private static final int TCP_INFOS = 32;
  private static final int HEADER_BYTES = 40;
  private static final int SUBFLOW_BYTES = 264;
  private static final int LOCAL = 8;
  private static final int REMOTE = LOCAL + SocketCalls.STORAGE_BYTES;

  /**
   * One subflow as MPTCP_FULL_INFO tells: its round-trip time, window, bytes acknowledged and
   * received, retransmissions. {@link SocketDiag} tells which are backups.
   *
   * @param id the kernel's number of it within the connection, from 1
   */
  public record Subflow(int id, Endpoint local, Endpoint remote, TcpInfo tcp) {}

  private final KernelSocket socket;

  private KernelMptcpSocket(KernelSocket socket) {
    this.socket = socket;
  }

  private static KernelSocket open(@Nullable NetworkNamespace namespace, Endpoint to)
      throws IOException {
    NetworkNamespace where = namespace == null ? NetworkNamespace.ofThisProcess() : namespace;
    try {
      return where.run(() -> KernelSocket.open(to.address().v6(), true));
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw new IOException(
            io.getMessage() + "; has the kernel MPTCP, and is net.mptcp.enabled 1?", io);
      }
      throw e;
    }
  }

  /** Connects from a namespace; null is the program's own. */
  public static KernelMptcpSocket connect(@Nullable NetworkNamespace namespace, Endpoint remote)
      throws IOException {
    return ready(open(namespace, remote), made -> made.connect(remote));
  }

  /** Listens in a namespace; null is the program's own. */
  public static KernelMptcpSocket listen(@Nullable NetworkNamespace namespace, Endpoint local)
      throws IOException {
    return ready(open(namespace, local), made -> made.bind(local).listen(64));
  }

  @FunctionalInterface
  private interface Step {
    KernelSocket on(KernelSocket made) throws IOException;
  }

  private static KernelMptcpSocket ready(KernelSocket made, Step step) throws IOException {
    try {
      return new KernelMptcpSocket(step.on(made));
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** Waits for a connection. */
  public KernelMptcpSocket accept() throws IOException {
    return new KernelMptcpSocket(socket.accept());
  }

  /** The socket itself, to read, write and set options. */
  public KernelSocket socket() {
    return socket;
  }

  /**
   * The connection's facts (MPTCP_INFO).
   *
   * @throws IOException EOPNOTSUPP if the peer has no MPTCP
   */
  public MptcpInfo info() throws IOException {
    return socket.mptcpInfo();
  }

  /**
   * The subflows there are now (MPTCP_FULL_INFO, Linux 6.5).
   *
   * @throws IOException EOPNOTSUPP if the peer has no MPTCP
   */
  public List<Subflow> subflows() throws IOException {
    return subflows(socket);
  }

  /** Arrays are asked for in our sizes; what an older kernel does not fill stays 0. */
  static List<Subflow> subflows(KernelSocket socket) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment tcp = call.allocate((long) MOST_SUBFLOWS * TcpInfo.BYTES, 8);
      MemorySegment info = call.allocate((long) MOST_SUBFLOWS * SUBFLOW_BYTES, 8);
      MemorySegment full = call.allocate(HEADER_BYTES + MptcpInfo.BYTES, 8);
      full.set(JAVA_INT, TCP_INFO_SIZE, TcpInfo.BYTES);
      full.set(JAVA_INT, SUBFLOW_INFO_SIZE, SUBFLOW_BYTES);
      full.set(JAVA_INT, ARRAY_LENGTH, MOST_SUBFLOWS);
      full.set(JAVA_LONG, SUBFLOW_INFOS, info.address());
      full.set(JAVA_LONG, TCP_INFOS, tcp.address());
      socket.fullInfo(full);
      List<Subflow> all = new ArrayList<>();
      int count = Math.min(MOST_SUBFLOWS, full.get(JAVA_INT, COUNT));
      for (int i = 0; i < count; i++) {
        long at = (long) i * SUBFLOW_BYTES;
        all.add(
            new Subflow(
                info.get(JAVA_INT, at),
                SocketCalls.read(info, at + LOCAL),
                SocketCalls.read(info, at + REMOTE),
                TcpInfo.read(tcp.asSlice((long) i * TcpInfo.BYTES, TcpInfo.BYTES))));
      }
      return all;
    }
  }

  /** Ends calls under way in other threads, and gives the socket back. Idempotent. */
  @Override
  public void close() {
    socket.close();
  }
}
