package io.hawser.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.hawser.wire.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The steps from a name to a descriptor of a TUN device, with errors that say what to do. */
final class TunOpening {
  private static final String CLONE_DEVICE = "/dev/net/tun";

  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final int IFF_TUN = 0x0001;
  private static final int IFF_NAPI = 0x0010;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int IFF_TUN_EXCL = 0x8000;
  private static final int TUN_F_CSUM = 1;
  private static final int TUN_F_TSO4 = 2;
  private static final int TUN_F_TSO6 = 4;
  private static final int VNET_HEADER_BYTES = 10;

  private TunOpening() {}

  static int open(String name, TunOptions options, InterfaceControl control) {
    checkName(name);
    boolean exists = control.index(name) >= 0;
    if (options.source() == TunOptions.Source.ATTACH && !exists) {
      throw new DeviceException(
          "there is no interface "
              + name
              + " in this network namespace (ENODEV); make it with `ip tuntap add dev "
              + name
              + " mode tun`");
    }
    if (options.source() == TunOptions.Source.CREATE && exists) {
      throw new DeviceException(
          "an interface "
              + name
              + " exists already (EEXIST); choose another name, attach to it, or delete it with"
              + " `ip link del "
              + name
              + "`");
    }
    if (options.kernelThread() && !exists) {
      int fd = open(name, options, false, IFF_NAPI, control);
      if (ReceiveThread.start(name)) {
        return fd;
      }
      // Without its thread NAPI only adds to the cost of each write: the device is made anew.
      Libc.close(fd);
    }
    return open(name, options, exists, 0, control);
  }

  private static int open(
      String name, TunOptions options, boolean exists, int flags, InterfaceControl control) {
    int fd = Libc.open(CLONE_DEVICE, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw cannotOpen(-fd);
    }
    try {
      attach(fd, name, options, exists, flags);
      if (!exists) {
        lengthenQueue(name, options.queuePackets(), control);
      }
      return fd;
    } catch (DeviceException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private static void lengthenQueue(String name, int packets, InterfaceControl control) {
    int result = control.queueLength(name, packets);
    if (result == -Errno.EPERM) {
      // The ioctl asks for rights in the first user namespace; netlink takes those of ours.
      try (NetworkNamespace here = NetworkNamespace.current()) {
        here.exec("ip", "link", "set", "dev", name, "txqueuelen", Integer.toString(packets));
      } catch (DeviceException e) {
        // The shorter queue works too, with more loss under full windows of small packets.
        System.getLogger("hawser").log(System.Logger.Level.DEBUG, "short queue of " + name, e);
      }
    } else {
      check(result, "set the queue of", name);
    }
  }

  private static void checkName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > InterfaceControl.NAME_BYTES) {
      throw new DeviceException(
          "'"
              + name
              + "' has "
              + bytes
              + " bytes; an interface's name has 1 to "
              + InterfaceControl.NAME_BYTES);
    }
    boolean bad = name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == ':' || c == '%');
    if (bad || name.equals(".") || name.equals("..")) {
      throw new DeviceException(
          "'" + name + "' cannot be an interface's name: no spaces, '/', ':' or '%'");
    }
  }

  private static DeviceException cannotOpen(int errno) {
    String remedy =
        switch (errno) {
          case Errno.ENOENT ->
              "the file is missing; in a container start it with `--device "
                  + CLONE_DEVICE
                  + "`, else `modprobe tun`, or `mkdir -p /dev/net; mknod "
                  + CLONE_DEVICE
                  + " c 10 200`";
          case Errno.ENODEV, Errno.ENXIO ->
              "the kernel has no TUN driver loaded; `modprobe tun` as root";
          case Errno.EACCES, Errno.EPERM ->
              "no permission; run as root, or have the administrator `chmod 666 "
                  + CLONE_DEVICE
                  + "` (usual on most systems)";
          case Errno.EMFILE, Errno.ENFILE -> "too many open files; raise `ulimit -n`";
          default -> "unexpected";
        };
    return new DeviceException(
        "cannot open " + CLONE_DEVICE + " (" + Errno.name(errno) + "): " + remedy);
  }

  private static void attach(int fd, String name, TunOptions options, boolean exists, int more) {
    try (Arena arena = Arena.ofConfined()) {
      int flags = IFF_TUN | IFF_NO_PI | more | (options.vnetHeader() ? IFF_VNET_HDR : 0);
      if (options.source() == TunOptions.Source.CREATE) {
        flags |= IFF_TUN_EXCL;
      }
      int result = setInterface(arena, fd, name, flags);
      if (result == -Errno.EINVAL && exists) {
        // A device made with multi_queue takes no descriptor without the flag.
        result = setInterface(arena, fd, name, flags | IFF_MULTI_QUEUE);
      }
      if (result < 0) {
        throw cannotAttach(name, -result, exists);
      }
      MemorySegment size = arena.allocateFrom(JAVA_INT, VNET_HEADER_BYTES);
      if (options.vnetHeader()) {
        check(Libc.ioctl(fd, TUNSETVNETHDRSZ, size.address()), "set the virtio header of", name);
      }
      // Without a header offloads must be off: an earlier user of the device may have left them on.
      int offloads = options.vnetHeader() ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : 0;
      check(Libc.ioctl(fd, TUNSETOFFLOAD, offloads), "set offloads of", name);
    }
  }

  private static int setInterface(Arena arena, int fd, String name, int flags) {
    MemorySegment request = InterfaceControl.request(arena, name);
    request.set(JAVA_SHORT, InterfaceControl.IFREQ_VALUE, (short) flags);
    return Libc.ioctl(fd, TUNSETIFF, request.address());
  }

  private static DeviceException cannotAttach(String name, int errno, boolean exists) {
    String why =
        switch (errno) {
          case Errno.EBUSY ->
              exists
                  ? "another process holds it; stop that process, or use another device"
                  : "a device of this name appeared meanwhile; choose another name";
          case Errno.EPERM, Errno.EACCES ->
              "no permission; it takes root or CAP_NET_ADMIN in this network namespace: use sudo,"
                  + " or start under `unshare -Urn`, or have root make it with `ip tuntap add dev "
                  + name
                  + " mode tun user $USER`";
          case Errno.EINVAL ->
              exists
                  ? "the interface is not a TUN device (a TAP, or something else); use another"
                  : "the kernel refuses the name or the flags";
          default -> "unexpected";
        };
    return new DeviceException(
        "cannot use the TUN device " + name + " (" + Errno.name(errno) + "): " + why);
  }

  private static void check(int result, String what, String name) {
    if (result < 0) {
      throw new DeviceException("cannot " + what + " " + name + ": " + Errno.name(-result));
    }
  }
}
