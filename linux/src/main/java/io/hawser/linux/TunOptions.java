package io.hawser.linux;

/**
 * How to open a {@link TunDevice}.
 *
 * @param source whether the device is made, or must exist
 * @param vnetHeader whether packets carry a virtio header: the kernel then leaves checksums to the
 *     other side and passes TCP super-segments of up to 64 KiB
 * @param kernelThread whether a thread of the kernel takes in what we write, many packets at once:
 *     for devices that we make, where it can be had (Linux 5.12, root); quicker by far without
 *     super-segments, slower with them
 * @param queuePackets length of the kernel's queue towards us, set only on a device we made
 */
public record TunOptions(
    Source source, boolean vnetHeader, boolean kernelThread, int queuePackets) {

  /** A shorter queue overflows under one full window of MTU-sized packets. */
  public static final int DEFAULT_QUEUE_PACKETS = 10_000;

  /** Where the device comes from. */
  public enum Source {
    /** It must not exist; it goes away with us. */
    CREATE,
    /** It must exist ({@code ip tuntap add}) and be free; it stays. */
    ATTACH,
    /** It is attached to if it exists, else made. */
    EITHER
  }

  /** Makes a device, with offloads. */
  public static TunOptions create() {
    return new TunOptions(Source.CREATE, true, false, DEFAULT_QUEUE_PACKETS);
  }

  /** Uses an existing device, with offloads. */
  public static TunOptions attach() {
    return new TunOptions(Source.ATTACH, true, false, DEFAULT_QUEUE_PACKETS);
  }

  /** The same without offloads: each packet is one finished IP packet no larger than the MTU. */
  public TunOptions plain() {
    return new TunOptions(source, false, kernelThread, queuePackets);
  }

  /** The same with a thread of the kernel that takes in what we write. */
  public TunOptions withKernelThread() {
    return new TunOptions(source, vnetHeader, true, queuePackets);
  }
}
