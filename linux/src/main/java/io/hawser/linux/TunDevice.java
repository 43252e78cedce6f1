package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hawser.wire.DeviceException;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A Linux TUN device: what the kernel routes to it we read, what we emit the kernel receives.
 *
 * <p>With a virtio header the two sides pass TCP super-segments and leave checksums undone, as
 * network cards let them. Without it the device takes finished packets only: put a {@link
 * io.hawser.wire.SegmentingDevice} in front.
 */
public final class TunDevice implements PacketDevice {
  private static final long TUNSETCARRIER = 0x400454e2L;

  private static final int IOVEC_BYTES = 16;
  private static final int IOVECS = 4;
  private static final int VNET_AT = IOVECS * IOVEC_BYTES;

  private final String name;
  private final int fd;
  private final boolean vnet;
  private final InterfaceControl control;
  private final WakeSignal signal;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scratch = arena.allocate(VNET_AT + 16, 16);
  private final long iovecs = scratch.address();
  // One thread may read while another emits, as those of an emulated link do.
  private final MemorySegment readErrno = Libc.newState();
  private final MemorySegment writeErrno = Libc.newState();
  private final AtomicBoolean closed = new AtomicBoolean();
  private long droppedPackets;
  private int dropErrno;

  private TunDevice(String name, int fd, boolean vnet, InterfaceControl control) {
    this.name = name;
    this.fd = fd;
    this.vnet = vnet;
    this.control = control;
    this.signal = new WakeSignal(fd);
  }

  /**
   * Opens a device in the calling thread's network namespace; any thread may use it from then on,
   * one to read and one to emit at a time.
   *
   * @param name the interface's name, 1 to 15 bytes
   * @throws DeviceException with the cause and the remedy
   */
  public static TunDevice open(String name, TunOptions options) {
    InterfaceControl control = new InterfaceControl();
    int fd = -1;
    try {
      fd = TunOpening.open(name, options, control);
      return new TunDevice(name, fd, options.vnetHeader(), control);
    } catch (DeviceException e) {
      control.close();
      if (fd >= 0) {
        Libc.close(fd);
      }
      throw e;
    }
  }

  /** The interface's name. */
  public String name() {
    return name;
  }

  /** Whether super-segments and undone checksums pass this device. */
  public boolean hasVnetHeader() {
    return vnet;
  }

  /**
   * Plugs the cable in or pulls it: without carrier the kernel routes nothing to the device
   * (TUNSETCARRIER, Linux 5.0).
   */
  public void carrier(boolean present) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment value = call.allocateFrom(ValueLayout.JAVA_INT, present ? 1 : 0);
      int result = Libc.ioctl(fd, TUNSETCARRIER, value.address());
      if (result < 0) {
        throw new DeviceException("cannot set the carrier of " + name + ": " + Errno.name(-result));
      }
    }
  }

  /** Packets that the kernel refused: mostly because the interface was down. */
  public long droppedPackets() {
    return droppedPackets;
  }

  /** Why the kernel refused the last packet it refused; 0 if there was none. */
  public int dropErrno() {
    return dropErrno;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    int front = vnet ? VirtioHeader.BYTES : 0;
    int start = PacketBuffer.START - front;
    MemorySegment memory = into.memory();
    long count =
        Libc.nonBlockingRead(
            fd, memory.address() + start, into.capacity() + (long) front, readErrno);
    if (count < 0) {
      return nothing((int) -count);
    }
    into.length((int) count - front);
    if (vnet) {
      VirtioHeader.read(memory, start, meta);
    } else {
      meta.clear();
    }
    return true;
  }

  private boolean nothing(int errno) {
    if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
      return false;
    }
    if (errno == Errno.EBADFD || errno == Errno.EBADF) {
      throw new DeviceException(
          "the TUN device "
              + name
              + (closed.get() ? " was closed" : " was deleted while in use (ip link del?)"));
    }
    throw new DeviceException("reading from " + name + " failed: " + Errno.name(errno));
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    int pieces = 0;
    if (vnet) {
      VirtioHeader.write(scratch, VNET_AT, packet, 0);
      piece(pieces++, iovecs + VNET_AT, VirtioHeader.BYTES);
    }
    piece(pieces++, packet.header.address(), packet.headerLength);
    if (packet.payloadLength > 0) {
      piece(pieces++, packet.payload.address() + packet.payloadOffset, packet.payloadLength);
    }
    if (packet.wrappedLength > 0) {
      piece(pieces++, packet.wrapped.address() + packet.wrappedOffset, packet.wrappedLength);
    }
    long result = Libc.nonBlockingWritev(fd, iovecs, pieces, writeErrno);
    if (result == -Errno.EAGAIN) {
      return false;
    }
    if (result < 0) {
      // EIO: the interface is down. Others: no memory, or a packet the kernel finds malformed.
      droppedPackets++;
      dropErrno = (int) -result;
    }
    return true;
  }

  private void piece(int index, long address, long count) {
    scratch.set(JAVA_LONG, (long) index * IOVEC_BYTES, address);
    scratch.set(JAVA_LONG, (long) index * IOVEC_BYTES + 8, count);
  }

  @Override
  public void await(long timeoutNs) {
    signal.await(timeoutNs);
  }

  @Override
  public void wakeup() {
    signal.wakeup();
  }

  /** The interface's MTU now; a system call, so not for every packet. */
  @Override
  public int mtuBytes() {
    int mtu = control.mtuBytes(name);
    if (mtu < 0) {
      throw new DeviceException("cannot ask the MTU of " + name + ": " + Errno.name(-mtu));
    }
    return mtu;
  }

  @Override
  public int superSegmentBytes() {
    // An IP packet has at most 65535 bytes; both headers with all options fit in 120.
    return vnet ? 65_535 - 120 : 0;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      signal.close();
      Libc.close(fd);
      control.close();
      arena.close();
    }
  }
}
