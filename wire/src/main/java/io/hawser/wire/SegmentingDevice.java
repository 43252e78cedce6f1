package io.hawser.wire;

/**
 * A device in front of one that knows no offloads: completes TCP checksums and cuts super-segments
 * into segments, as a network card does (TCP segmentation offload).
 */
public final class SegmentingDevice implements PacketDevice {
  private final PacketDevice device;
  private final Segmenter segmenter = new Segmenter();

  /** Takes over the device. */
  public SegmentingDevice(PacketDevice device) {
    this.device = device;
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    return segmenter.send(packet, device);
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    return device.read(into, meta);
  }

  @Override
  public void await(long timeoutNs) {
    device.await(timeoutNs);
  }

  @Override
  public boolean refusesBySource() {
    return device.refusesBySource();
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
    return 65_535 - 120;
  }

  @Override
  public void close() {
    device.close();
  }
}
