package io.hawser.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * A one-to-one SCTP socket (RFC 9260, RFC 6458) of the user-space library usrsctp, over raw IPv4
 * sockets of the network namespace that the first one is made in. The library's state is the
 * process's, so one process is one SCTP endpoint. Calls block.
 */
public final class SctpSocket implements AutoCloseable {
  private static final String LIBRARY = "libusrsctp.so.2";
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int IPPROTO_SCTP = 132;
  private static final int SCTP_RTOINFO = 1;
  private static final int SCTP_PRIMARY_ADDR = 7;
  private static final int SCTP_PEER_ADDR_PARAMS = 10;
  private static final int SCTP_STATUS = 0x100;
  private static final int SCTP_BINDX_ADD_ADDR = 0x8001;
  private static final int SPP_HB_ENABLE = 1;
  private static final int SHUT_WR = 2;
  private static final int SOCKADDR_BYTES = 16;
  private static final int BUFFER_BYTES = 4 << 20;
  private static final int MESSAGE_BYTES = 1 << 16;

  /**
   * Where an association sends now.
   *
   * @param primary the peer's address that data goes to while it answers
   * @param cwndBytes its congestion window
   * @param smoothedRttMs its round-trip time
   */
  public record Status(IpAddress primary, long cwndBytes, long smoothedRttMs, boolean active) {}

  /** The library's functions, looked up once. */
  private static final class Calls {
    static final Linker LINKER = Linker.nativeLinker();
    static final SymbolLookup LOOKUP = library();
    static final MethodHandle INIT =
        find("usrsctp_init", FunctionDescriptor.ofVoid(JAVA_SHORT, ADDRESS, ADDRESS));
    static final MethodHandle SEND_SPACE =
        find("usrsctp_sysctl_set_sctp_sendspace", FunctionDescriptor.ofVoid(JAVA_INT));
    static final MethodHandle RECEIVE_SPACE =
        find("usrsctp_sysctl_set_sctp_recvspace", FunctionDescriptor.ofVoid(JAVA_INT));
    static final MethodHandle SOCKET =
        find(
            "usrsctp_socket",
            FunctionDescriptor.of(
                ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    static final MethodHandle BINDX =
        find(
            "usrsctp_bindx", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    static final MethodHandle CONNECTX =
        find(
            "usrsctp_connectx",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    static final MethodHandle LISTEN =
        find("usrsctp_listen", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    static final MethodHandle ACCEPT =
        find("usrsctp_accept", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    static final MethodHandle SET_OPTION =
        find(
            "usrsctp_setsockopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    static final MethodHandle OPTION =
        find(
            "usrsctp_getsockopt",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    static final MethodHandle SEND =
        find(
            "usrsctp_sendv",
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT,
                JAVA_INT, JAVA_INT));
    static final MethodHandle RECEIVE =
        find(
            "usrsctp_recvv",
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS));
    static final MethodHandle SHUTDOWN =
        find("usrsctp_shutdown", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    static final MethodHandle CLOSE = find("usrsctp_close", FunctionDescriptor.ofVoid(ADDRESS));

    private Calls() {}

    private static SymbolLookup library() {
      try {
        return SymbolLookup.libraryLookup(LIBRARY, Arena.global());
      } catch (IllegalArgumentException e) {
        throw new DeviceException(
            "SCTP needs the library "
                + LIBRARY
                + ", which is not here; install the package libusrsctp2");
      }
    }

    private static MethodHandle find(String name, FunctionDescriptor type) {
      return LINKER.downcallHandle(
          LOOKUP.findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }
  }

  private static boolean started;

  private final MemorySegment socket;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment out = arena.allocate(MESSAGE_BYTES);
  private final MemorySegment in = arena.allocate(1 << 18);
  private final MemorySegment scratch = arena.allocate(256, 8);

  private SctpSocket(MemorySegment socket) {
    this.socket = socket;
  }

  /** Whether the library is on this machine; empty, or what is missing and how to get it. */
  public static String missing() {
    try {
      return SymbolLookup.libraryLookup(LIBRARY, Arena.ofAuto()).find("usrsctp_init").isPresent()
          ? ""
          : LIBRARY + " has no usrsctp_init";
    } catch (IllegalArgumentException e) {
      return "the library " + LIBRARY + " is not here; install the package libusrsctp2";
    }
  }

  private static synchronized void start() {
    if (started) {
      return;
    }
    started = true;
    call(() -> {
      MemorySegment none = MemorySegment.NULL;
      MemorySegment state = Libc.state();
      Calls.INIT.invoke(state, (short) 0, none, none);
      Calls.SEND_SPACE.invoke(state, BUFFER_BYTES);
      Calls.RECEIVE_SPACE.invoke(state, BUFFER_BYTES);
      return 0L;
    });
  }

  /** A call of the library; errors are those of method handles, which never come. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws Throwable;
  }

  private static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void check(long result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": " + Errno.name(Libc.errno(Libc.state())));
    }
  }

  /** An unbound socket. */
  public static SctpSocket open() throws IOException {
    start();
    MemorySegment none = MemorySegment.NULL;
    MemorySegment made =
        call(() ->
            (MemorySegment)
                Calls.SOCKET.invoke(
                    Libc.state(), AF_INET, SOCK_STREAM, IPPROTO_SCTP, none, none, 0, none));
    if (made.address() == 0) {
      throw new IOException("SCTP socket: " + Errno.name(Libc.errno(Libc.state())));
    }
    return new SctpSocket(made);
  }

  private static MemorySegment addresses(Arena arena, List<IpAddress> all, int port) {
    MemorySegment memory = arena.allocate((long) SOCKADDR_BYTES * all.size(), 8);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).v6()) {
        throw new IllegalArgumentException("SCTP here is IPv4 only, not " + all.get(i));
      }
      long at = (long) i * SOCKADDR_BYTES;
      memory.set(JAVA_SHORT, at, (short) AF_INET);
      memory.set(JAVA_BYTE, at + 2, (byte) (port >> 8));
      memory.set(JAVA_BYTE, at + 3, (byte) port);
      MemorySegment.copy(all.get(i).bytes(), 0, memory, JAVA_BYTE, at + 4, 4);
    }
    return memory;
  }

  /** Binds to all these addresses; they are what the peer may reach us by. */
  public SctpSocket bind(List<IpAddress> local, int port) throws IOException {
    try (Arena here = Arena.ofConfined()) {
      // One by one: the library takes the port from the first.
      for (IpAddress address : local) {
        MemorySegment one = addresses(here, List.of(address), port);
        int result =
            call(() -> (int) Calls.BINDX.invoke(Libc.state(), socket, one, 1, SCTP_BINDX_ADD_ADDR));
        check(result, "bind to " + address);
      }
    }
    return this;
  }

  /**
   * Times of the association, before it is made.
   *
   * @param minRtoMs least retransmission timeout
   * @param pathRetransmissions timeouts in a row that make a path inactive
   */
  public SctpSocket times(int minRtoMs, int maxRtoMs, int heartbeatMs, int pathRetransmissions)
      throws IOException {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment rto = here.allocate(16, 8);
      rto.set(JAVA_INT, 4, Math.max(minRtoMs, Math.min(1000, maxRtoMs)));
      rto.set(JAVA_INT, 8, maxRtoMs);
      rto.set(JAVA_INT, 12, minRtoMs);
      option(SCTP_RTOINFO, rto);
      MemorySegment path = here.allocate(152, 8);
      path.set(JAVA_INT, 132, heartbeatMs);
      path.set(JAVA_INT, 140, SPP_HB_ENABLE);
      path.set(JAVA_SHORT, 148, (short) pathRetransmissions);
      option(SCTP_PEER_ADDR_PARAMS, path);
    }
    return this;
  }

  /** Data goes to this address of the peer while it answers. */
  public SctpSocket primary(IpAddress remote, int port) throws IOException {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment value = here.allocate(136, 8);
      MemorySegment.copy(addresses(here, List.of(remote), port), 0, value, 0, SOCKADDR_BYTES);
      option(SCTP_PRIMARY_ADDR, value);
    }
    return this;
  }

  private void option(int name, MemorySegment value) throws IOException {
    int result =
        call(() ->
            (int)
                Calls.SET_OPTION.invoke(
                    Libc.state(), socket, IPPROTO_SCTP, name, value, (int) value.byteSize()));
    check(result, "SCTP option " + name);
  }

  /** Listens. */
  public SctpSocket listen() throws IOException {
    check(call(() -> (int) Calls.LISTEN.invoke(Libc.state(), socket, 4)), "listen");
    return this;
  }

  /** Waits for an association. */
  public SctpSocket accept() throws IOException {
    MemorySegment none = MemorySegment.NULL;
    MemorySegment made =
        call(() -> (MemorySegment) Calls.ACCEPT.invoke(Libc.state(), socket, none, none));
    if (made.address() == 0) {
      throw new IOException("accept: " + Errno.name(Libc.errno(Libc.state())));
    }
    return new SctpSocket(made);
  }

  /** Connects to a peer by all its addresses; the first is the primary one. */
  public SctpSocket connect(List<IpAddress> remote, int port) throws IOException {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment all = addresses(here, remote, port);
      MemorySegment id = here.allocate(8, 8);
      int result =
          call(() -> (int) Calls.CONNECTX.invoke(Libc.state(), socket, all, remote.size(), id));
      check(result, "connect to " + remote);
    }
    return this;
  }

  /** Sends one message of at most 64 KiB, in order, whole. */
  public void send(byte[] from, int length) throws IOException {
    MemorySegment.copy(from, 0, out, JAVA_BYTE, 0, length);
    MemorySegment none = MemorySegment.NULL;
    long result =
        call(() ->
            (long)
                Calls.SEND.invoke(
                    Libc.state(), socket, out, (long) length, none, 0, none, 0, 0, 0));
    check(result, "send");
  }

  /** Receives some bytes; -1 at the end. */
  public int receive(byte[] into) throws IOException {
    MemorySegment from = scratch.asSlice(0, 128);
    MemorySegment fromLength = scratch.asSlice(128, 4);
    MemorySegment info = scratch.asSlice(136, 64);
    MemorySegment infoLength = scratch.asSlice(200, 4);
    MemorySegment infoType = scratch.asSlice(204, 4);
    MemorySegment flags = scratch.asSlice(208, 4);
    fromLength.set(JAVA_INT, 0, 128);
    infoLength.set(JAVA_INT, 0, 64);
    flags.set(JAVA_INT, 0, 0);
    long most = Math.min(into.length, in.byteSize());
    long got =
        call(() ->
            (long)
                Calls.RECEIVE.invoke(
                    Libc.state(),
                    socket,
                    in,
                    most,
                    from,
                    fromLength,
                    info,
                    infoLength,
                    infoType,
                    flags));
    check(got, "receive");
    MemorySegment.copy(in, JAVA_BYTE, 0, into, 0, (int) got);
    return got == 0 ? -1 : (int) got;
  }

  /** Where the association sends now. */
  public Status status() throws IOException {
    try (Arena here = Arena.ofConfined()) {
      MemorySegment value = here.allocate(176, 8);
      MemorySegment length = here.allocateFrom(JAVA_INT, 176);
      int result =
          call(() ->
              (int)
                  Calls.OPTION.invoke(
                      Libc.state(), socket, IPPROTO_SCTP, SCTP_STATUS, value, length));
      check(result, "SCTP_STATUS");
      byte[] address = new byte[4];
      MemorySegment.copy(value, JAVA_BYTE, 28, address, 0, 4);
      return new Status(
          IpAddress.of(address),
          Integer.toUnsignedLong(value.get(JAVA_INT, 160)),
          Integer.toUnsignedLong(value.get(JAVA_INT, 164)),
          (value.get(JAVA_INT, 156) & 1) != 0);
    }
  }

  /** No more messages from here. */
  public void shutdownOutput() throws IOException {
    check(call(() -> (int) Calls.SHUTDOWN.invoke(Libc.state(), socket, SHUT_WR)), "shutdown");
  }

  /** Gives the socket back; what was sent is still delivered while the process lives. */
  @Override
  public void close() {
    Object _ =
        call(() -> {
          Calls.CLOSE.invoke(Libc.state(), socket);
          return 0;
        });
  }
}
