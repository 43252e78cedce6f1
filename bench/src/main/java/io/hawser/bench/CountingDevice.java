package io.hawser.bench;

import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;

/** Counts the packets and super-segments that pass a device, and knows the thread that reads it. */
final class CountingDevice implements PacketDevice {
  private final PacketDevice device;

  // Of the thread that owns the device.
  private long packets;

  private volatile long published;
  private volatile long threadId;

  CountingDevice(PacketDevice device) {
    this.device = device;
  }

  /** Both ways, up to the owner's last wait. */
  long packets() {
    return published;
  }

  /** Of the thread that owns the device; 0 until it first waited. */
  long threadId() {
    return threadId;
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    boolean taken = device.emit(packet);
    if (taken) {
      packets++;
    }
    return taken;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    boolean found = device.read(into, meta);
    if (found) {
      packets++;
    }
    published = packets;
    return found;
  }

  @Override
  public void await(long timeoutNs) {
    threadId = Thread.currentThread().threadId();
    device.await(timeoutNs);
  }

  @Override
  public void wakeup() {
    device.wakeup();
  }

  @Override
  public int mtuBytes() {
    return device.mtuBytes();
  }

  @Override
  public int superSegmentBytes() {
    return device.superSegmentBytes();
  }

  @Override
  public void close() {
    device.close();
  }
}
