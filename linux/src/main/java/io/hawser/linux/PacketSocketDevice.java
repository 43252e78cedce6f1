package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.hawser.wire.Bytes;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Packets straight from and to one Ethernet interface, past the kernel's TCP (AF_PACKET with
 * PACKET_VNET_HDR). It shares the interface's addresses with the kernel: ours is TCP to certain
 * ports. Super-segments and undone checksums pass as at a TUN; a full queue refuses packets until
 * it has room, so nothing is lost on this machine.
 */
public final class PacketSocketDevice implements PacketDevice {
  private static final int ETHERNET_BYTES = 14;
  private static final int FRONT = VirtioHeader.BYTES + ETHERNET_BYTES;
  private static final int ETHER_TYPE = 12;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;

  private static final int IOVEC_BYTES = 16;
  private static final int IOVECS = 4;
  private static final int FRONT_AT = IOVECS * IOVEC_BYTES;
  private static final int LINK_AT = FRONT_AT + VirtioHeader.BYTES;
  private static final int READS_BETWEEN_NEWS = 1024;
  private static final long ASKING_PERIOD_NS = 50_000_000;

  private final PacketSocketOptions options;
  private final int fd;
  private final NetworkNamespace namespace;
  private final InterfaceControl control;
  private final KernelSilence silence;
  private final Neighbours neighbours;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch = arena.allocate(FRONT_AT + 32, 16);
  private final long iovecs = scratch.address();
  private final MemorySegment errnoState = Libc.newState();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final boolean loopback;
  private WakeSignal signal = new WakeSignal();
  private int place;
  private int newsPlace;
  private int index;
  private int mtu;
  private int reads;
  private boolean full;
  private boolean holding;
  private long droppedPackets;
  private long refusals;
  private String dropReason = "";

  private PacketSocketDevice(
      PacketSocketOptions options,
      int fd,
      NetworkNamespace namespace,
      InterfaceControl control,
      KernelSilence silence,
      Neighbours neighbours,
      long link) {
    this.options = options;
    this.fd = fd;
    this.namespace = namespace;
    this.control = control;
    this.silence = silence;
    this.neighbours = neighbours;
    this.index = control.index(options.device());
    this.mtu = control.mtuBytes(options.device());
    this.loopback = link >>> 48 == PacketSocketOpening.ARPHRD_LOOPBACK;
    ownLink(link);
    join(signal);
  }

  /**
   * Opens a packet socket on an interface of the calling thread's network namespace; any thread may
   * use it from then on, one at a time. From here to {@link #close} the kernel no longer sees what
   * comes for these ports.
   *
   * @throws DeviceException with the cause and the remedy
   */
  public static PacketSocketDevice open(PacketSocketOptions wanted) {
    PacketSocketOptions options = PacketSocketOpening.resolve(wanted);
    return open(options, options.addresses());
  }

  /** With addresses filled in; takes packets to further addresses too, that leave by others. */
  static PacketSocketDevice open(PacketSocketOptions options, List<IpAddress> accepted) {
    List<AutoCloseable> parts = new ArrayList<>();
    try {
      InterfaceControl control = part(parts, new InterfaceControl());
      long link = PacketSocketOpening.check(options.device(), control);
      NetworkNamespace namespace = part(parts, NetworkNamespace.current());
      int fd = PacketSocketOpening.open(accepted, options.ports());
      parts.add(() -> Libc.close(fd));
      PacketSocketOpening.checkPorts(options, namespace);
      boolean loopback = link >>> 48 == PacketSocketOpening.ARPHRD_LOOPBACK;
      int index = control.index(options.device());
      Neighbours neighbours =
          part(parts, new Neighbours(options.device(), index, loopback, namespace));
      KernelSilence silence = part(parts, KernelSilence.begin(namespace, options));
      int bound = PacketSocketOpening.bind(fd, index);
      if (bound < 0) {
        throw new DeviceException(
            "cannot bind a packet socket to " + options.device() + ": " + Errno.name(-bound));
      }
      return new PacketSocketDevice(options, fd, namespace, control, silence, neighbours, link);
    } catch (DeviceException e) {
      PacketSocketOpening.closeAll(parts);
      throw e;
    } catch (IOException e) {
      PacketSocketOpening.closeAll(parts);
      throw new DeviceException(String.valueOf(e.getMessage()));
    }
  }

  private static <T extends AutoCloseable> T part(List<AutoCloseable> parts, T made) {
    parts.add(made);
    return made;
  }

  /** The interface's name. */
  public String name() {
    return options.device();
  }

  /** The addresses whose packets pass here. */
  public List<IpAddress> addresses() {
    return options.addresses();
  }

  /** The ports whose packets pass here. */
  public List<PortRange> ports() {
    return options.ports();
  }

  /** Packets that could not be sent and were dropped here. */
  public long droppedPackets() {
    return droppedPackets;
  }

  /** How often the kernel had no room and a packet was kept for later. */
  public long refusals() {
    return refusals;
  }

  /** Why the last one was dropped; empty if there was none. */
  public String dropReason() {
    return dropReason;
  }

  /** The nftables table that keeps the kernel silent. */
  String table() {
    return silence.table();
  }

  /** Waits are over that signal from now on. */
  void join(WakeSignal common) {
    if (common != signal) {
      signal.close();
    }
    signal = common;
    place = signal.watch(fd);
    newsPlace = signal.watch(neighbours.descriptor());
  }

  private void ownLink(long link) {
    for (int i = 0; i < 6; i++) {
      Bytes.put8(scratch, LINK_AT + 6 + i, (int) (link >>> 40 - 8 * i) & 0xff);
    }
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    if (++reads >= READS_BETWEEN_NEWS) {
      attend();
    }
    int start = PacketBuffer.START - FRONT;
    MemorySegment memory = into.memory();
    long count =
        Libc.nonBlockingRead(
            fd, memory.address() + start, into.capacity() + (long) FRONT, errnoState);
    if (count < FRONT) {
      return nothing((int) -count);
    }
    into.length((int) count - FRONT);
    VirtioHeader.read(memory, start, meta);
    return true;
  }

  private boolean nothing(int errno) {
    if (neighbours.waits() || holding) {
      attend();
    }
    switch (errno) {
      case Errno.ENETDOWN, Errno.ENODEV, Errno.ENXIO -> attend();
      case Errno.EBADF ->
          throw new DeviceException(
              "the packet socket on "
                  + name()
                  + (closed.get() ? " was closed" : " was closed by somebody else"));
      default -> {
        if (errno > 0 && errno != Errno.EAGAIN && errno != Errno.EINTR) {
          drop("reading from " + name() + " failed: " + Errno.name(errno));
        }
      }
    }
    return false;
  }

  /** News of neighbours and of the interface, and what waited for them. */
  void attend() {
    reads = 0;
    neighbours.takeNews();
    if (neighbours.waits()) {
      neighbours.expire();
    }
    if (neighbours.linkChanged()) {
      rebind();
    }
    if (holding) {
      holding = false;
      for (NextHop hop : neighbours.hops()) {
        flush(hop);
        holding |= !hop.held.isEmpty();
      }
    }
  }

  /** The interface has changed; it may have gone, or come back under another number. */
  private void rebind() {
    int now = control.index(name());
    if (now < 0) {
      return;
    }
    mtu = control.mtuBytes(name());
    long link = control.linkLayer(name());
    if (link >= 0) {
      ownLink(link);
    }
    if (now != index && PacketSocketOpening.bind(fd, now) >= 0) {
      index = now;
      neighbours.index(now);
    }
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    NextHop hop = neighbours.hop(packet.header);
    if (hop.state == NextHop.State.KNOWN) {
      if (!hop.held.isEmpty()) {
        flush(hop);
      }
      return hop.held.isEmpty() && send(packet, hop);
    }
    if (hop.state == NextHop.State.FAILED) {
      drop(hop.reason);
    } else if (hop.hold(packet)) {
      holding = true;
    } else {
      drop("too many packets wait until " + hop.address + " answers on " + name());
    }
    return true;
  }

  private void flush(NextHop hop) {
    if (hop.state == NextHop.State.FAILED) {
      hop.held.forEach(_ -> drop(hop.reason));
      hop.held.clear();
    }
    while (hop.state == NextHop.State.KNOWN) {
      OutgoingPacket first = hop.held.peek();
      if (first == null || !send(first, hop)) {
        return;
      }
      hop.held.remove();
    }
  }

  private void drop(String reason) {
    if (!reason.equals(dropReason)) {
      System.getLogger("hawser")
          .log(System.Logger.Level.WARNING, "packets are dropped: {0}", reason);
    }
    droppedPackets++;
    dropReason = reason;
  }

  private boolean send(OutgoingPacket packet, NextHop hop) {
    VirtioHeader.write(scratch, FRONT_AT, packet, ETHERNET_BYTES);
    scratch.set(JAVA_INT_UNALIGNED, LINK_AT, hop.link32);
    scratch.set(JAVA_SHORT_UNALIGNED, LINK_AT + 4, hop.link16);
    boolean v6 = Bytes.u8(packet.header, 0) >> 4 == 6;
    Bytes.put16(scratch, LINK_AT + ETHER_TYPE, v6 ? IPV6 : IPV4);
    int pieces = 0;
    piece(pieces++, iovecs + FRONT_AT, FRONT);
    piece(pieces++, packet.header.address(), packet.headerLength);
    if (packet.payloadLength > 0) {
      piece(pieces++, packet.payload.address() + packet.payloadOffset, packet.payloadLength);
    }
    if (packet.wrappedLength > 0) {
      piece(pieces++, packet.wrapped.address() + packet.wrappedOffset, packet.wrappedLength);
    }
    long result = Libc.nonBlockingWritev(fd, iovecs, pieces, errnoState);
    if (result >= 0) {
      if (full) {
        full(false);
      }
      return true;
    }
    return refused((int) -result);
  }

  /** True if the packet is gone. */
  private boolean refused(int errno) {
    switch (errno) {
      case Errno.EAGAIN -> {
        refusals++;
        full(true);
        return false;
      }
      case Errno.ENOBUFS -> {
        refusals++;
        // The queue of the interface was full and took nothing: as EAGAIN, but nobody tells when it
        // has room; the loop tries again soon.
        return false;
      }
      case Errno.EINTR -> {
        return false;
      }
      case Errno.ENETDOWN, Errno.ENXIO, Errno.ENODEV ->
          drop("the interface " + name() + " is down");
      default -> drop("sending on " + name() + " failed: " + Errno.name(errno));
    }
    return true;
  }

  private void full(boolean now) {
    full = now;
    signal.output(place, now);
  }

  private void piece(int at, long address, long count) {
    scratch.set(JAVA_LONG, (long) at * IOVEC_BYTES, address);
    scratch.set(JAVA_LONG, (long) at * IOVEC_BYTES + 8, count);
  }

  /** How long a wait may last: while a neighbour is asked for, patience has to end some time. */
  long patienceNs(long timeoutNs) {
    boolean asks = neighbours.waits();
    return !asks
        ? timeoutNs
        : timeoutNs < 0 ? ASKING_PERIOD_NS : Math.min(timeoutNs, ASKING_PERIOD_NS);
  }

  @Override
  public void await(long timeoutNs) {
    signal.await(patienceNs(timeoutNs));
    waited();
  }

  /** After a wait: room for output is no news any more. */
  void waited() {
    if (full) {
      full(false);
    }
    if (holding || neighbours.waits() || signal.ready(newsPlace)) {
      attend();
    }
  }

  @Override
  public void wakeup() {
    signal.wakeup();
  }

  /** The interface's MTU as the kernel last told it. */
  @Override
  public int mtuBytes() {
    // An IP packet cannot be longer: the loopback's MTU is.
    return Math.min(mtu, 65_535);
  }

  @Override
  public int superSegmentBytes() {
    return 65_535 - 120;
  }

  /** Whether this is the loopback interface. */
  boolean isLoopback() {
    return loopback;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      signal.close();
      Libc.close(fd);
      silence.close();
      neighbours.close();
      control.close();
      namespace.close();
      arena.close();
    }
  }
}
