package io.hawser.linux;

import io.hawser.wire.DeviceException;

/**
 * A kernel thread that takes in what we write to a device (threaded NAPI, Linux 5.12).
 *
 * <p>Without it each write runs the kernel's whole receive path in our system call and wakes the
 * reader behind it, packet by packet. With it a write only queues; the thread takes up to 64
 * packets at once, joins those of one flow (GRO) and wakes the reader once.
 */
final class ReceiveThread {
  private ReceiveThread() {}

  /**
   * Starts it for a device of the calling thread's network namespace; it ends with the device.
   *
   * @return false if this kernel or our rights do not let us
   */
  static boolean start(String name) {
    // The only switch is a file of sysfs, which shows the namespace that it was mounted in.
    String line = "mount -t sysfs hawser /sys && echo 1 > \"/sys/class/net/$0/threaded\"";
    try (NetworkNamespace here = NetworkNamespace.current()) {
      here.exec("unshare", "--mount", "sh", "-c", line, name);
      return true;
    } catch (DeviceException e) {
      System.getLogger("hawser")
          .log(System.Logger.Level.DEBUG, "no thread of the kernel for " + name, e);
      return false;
    }
  }
}
