package io.hawser.wire;

import java.util.function.LongSupplier;

/**
 * Records what passes a device to a capture file, as it would look on a wire: super-segments cut,
 * checksums complete. One thread reads and emits; the writer is its own.
 */
public final class CaptureDevice implements PacketDevice {
  private final PacketDevice device;
  private final PcapngWriter writer;
  private final LongSupplier epochNs;
  private final int interfaceIndex;
  private final Segmenter segmenter = new Segmenter();
  private final OutgoingPacket copy = new OutgoingPacket();
  private final PacketView view = new PacketView();
  private long nowNs;
  private final PacketSink record = this::record;

  /**
   * Takes over the device; the writer stays the caller's. {@code epochNs} gives nanoseconds since
   * 1970.
   */
  public CaptureDevice(
      PacketDevice device, PcapngWriter writer, String name, LongSupplier epochNs) {
    this.device = device;
    this.writer = writer;
    this.epochNs = epochNs;
    this.interfaceIndex = writer.addInterface(name);
  }

  private boolean record(OutgoingPacket packet) {
    writer.write(interfaceIndex, nowNs, packet);
    return true;
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    if (!device.emit(packet)) {
      return false;
    }
    nowNs = epochNs.getAsLong();
    segmenter.send(packet, record);
    return true;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    if (!device.read(into, meta)) {
      return false;
    }
    nowNs = epochNs.getAsLong();
    copy.header = into.memory().asSlice(PacketBuffer.START, into.length());
    copy.headerLength = into.length();
    copy.payloadLength = 0;
    copy.wrappedLength = 0;
    copy.transportOffset = 0;
    copy.segmentBytes = 0;
    boolean unfinished =
        meta.checksumTrusted
            && view.check(into, meta) == DropReason.NONE
            && view.protocol == PacketView.TCP;
    if (unfinished) {
      // The kernel left checksum and segmentation to the device, which is this file's wire.
      int header = view.payloadOffset - PacketBuffer.START;
      copy.headerLength = header;
      copy.payload = into.memory();
      copy.payloadOffset = view.payloadOffset;
      copy.payloadLength = view.payloadLength;
      copy.transportOffset = view.transportOffset - PacketBuffer.START;
      copy.segmentBytes = meta.segmentBytes < view.payloadLength ? meta.segmentBytes : 0;
    }
    segmenter.send(copy, record);
    return true;
  }

  @Override
  public void await(long timeoutNs) {
    // A pause is a good moment: the file is complete up to here.
    if (timeoutNs != 0) {
      writer.flush();
    }
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
    return device.superSegmentBytes();
  }

  @Override
  public void close() {
    device.close();
    writer.flush();
  }
}
