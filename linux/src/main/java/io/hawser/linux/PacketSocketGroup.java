package io.hawser.linux;

import io.hawser.wire.Bytes;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketDevice;
import io.hawser.wire.PacketMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several packet sockets as one device: the source address of a packet chooses the interface it
 * leaves by, so each address is a path of its own.
 */
public final class PacketSocketGroup implements PacketDevice {
  private static final int MOST_READS = 16;

  private final List<PacketSocketDevice> devices;
  private final WakeSignal signal = new WakeSignal();
  private final long[] high;
  private final long[] low;
  private final boolean[] v6;
  private final PacketSocketDevice[] ways;
  private int turn;
  private int readsInTurn;
  private long droppedPackets;

  private PacketSocketGroup(List<PacketSocketDevice> devices) {
    this.devices = devices;
    int count = devices.stream().mapToInt(device -> device.addresses().size()).sum();
    high = new long[count];
    low = new long[count];
    v6 = new boolean[count];
    ways = new PacketSocketDevice[count];
    int i = 0;
    for (PacketSocketDevice device : devices) {
      for (IpAddress address : device.addresses()) {
        high[i] = address.high();
        low[i] = address.low();
        v6[i] = address.v6();
        ways[i++] = device;
      }
      device.join(signal);
    }
  }

  /**
   * Opens a packet socket on each of these interfaces, in the calling thread's network namespace.
   *
   * @throws DeviceException with the cause and the remedy; nothing is left open then
   */
  public static PacketSocketGroup open(List<PacketSocketOptions> all) {
    if (all.isEmpty()) {
      throw new DeviceException("no interface was named");
    }
    List<PacketSocketOptions> resolved = all.stream().map(PacketSocketOpening::resolve).toList();
    checkDistinct(resolved);
    // A peer may send to one of them by any of the ways.
    List<IpAddress> accepted =
        resolved.stream().flatMap(one -> one.addresses().stream()).distinct().toList();
    List<PacketSocketDevice> opened = new ArrayList<>();
    try {
      for (PacketSocketOptions one : resolved) {
        opened.add(PacketSocketDevice.open(one, accepted));
      }
      return new PacketSocketGroup(List.copyOf(opened));
    } catch (DeviceException e) {
      opened.forEach(PacketSocketDevice::close);
      throw e;
    }
  }

  private static void checkDistinct(List<PacketSocketOptions> devices) {
    Map<IpAddress, String> seen = new LinkedHashMap<>();
    for (PacketSocketOptions one : devices) {
      if (!one.ports().equals(devices.getFirst().ports())) {
        throw new DeviceException(
            "interfaces of one stack need the same ports: "
                + one.ports()
                + " are not "
                + devices.getFirst().ports());
      }
      for (IpAddress address : one.addresses()) {
        String other = seen.put(address, one.device());
        if (other != null) {
          throw new DeviceException(
              "the address "
                  + address
                  + " was given for "
                  + other
                  + " and for "
                  + one.device()
                  + "; each interface needs its own, as the address chooses the interface");
        }
      }
    }
  }

  /** The devices in the order in which they were named. */
  public List<PacketSocketDevice> devices() {
    return devices;
  }

  /** The ports whose packets pass here. */
  public List<PortRange> ports() {
    return devices.getFirst().ports();
  }

  /** The interface that packets from an address leave by. */
  public Map<IpAddress, String> addresses() {
    Map<IpAddress, String> all = new LinkedHashMap<>();
    for (PacketSocketDevice device : devices) {
      device.addresses().forEach(address -> all.put(address, device.name()));
    }
    return all;
  }

  /** Packets that were dropped on this machine, of all devices. */
  public long droppedPackets() {
    long sum = droppedPackets;
    for (PacketSocketDevice device : devices) {
      sum += device.droppedPackets();
    }
    return sum;
  }

  @Override
  public boolean read(PacketBuffer into, PacketMeta meta) {
    for (int tries = 0; tries < devices.size(); tries++) {
      if (readsInTurn < MOST_READS && devices.get(turn).read(into, meta)) {
        readsInTurn++;
        return true;
      }
      readsInTurn = 0;
      turn = turn + 1 == devices.size() ? 0 : turn + 1;
    }
    return false;
  }

  @Override
  public boolean emit(OutgoingPacket packet) {
    boolean six = Bytes.u8(packet.header, 0) >> 4 == 6;
    long sourceHigh = six ? Bytes.i64(packet.header, 8) : 0;
    long sourceLow =
        six ? Bytes.i64(packet.header, 16) : Integer.toUnsignedLong(Bytes.i32(packet.header, 12));
    for (int i = 0; i < ways.length; i++) {
      if (low[i] == sourceLow && high[i] == sourceHigh && v6[i] == six) {
        return ways[i].emit(packet);
      }
    }
    // From an address that was added to the stack alone.
    if (droppedPackets++ == 0) {
      System.getLogger("hawser")
          .log(
              System.Logger.Level.WARNING,
              "packets are dropped: their address belongs to none of the packet sockets, which were"
                  + " opened with {0}",
              addresses().keySet());
    }
    return true;
  }

  @Override
  public void await(long timeoutNs) {
    long patienceNs = timeoutNs;
    for (PacketSocketDevice device : devices) {
      patienceNs = device.patienceNs(patienceNs);
    }
    signal.await(patienceNs);
    for (PacketSocketDevice device : devices) {
      device.waited();
    }
  }

  @Override
  public boolean refusesBySource() {
    return devices.size() > 1;
  }

  @Override
  public void wakeup() {
    signal.wakeup();
  }

  /** The smallest of the interfaces' MTUs. */
  @Override
  public int mtuBytes() {
    return devices.stream().mapToInt(PacketSocketDevice::mtuBytes).min().orElse(1500);
  }

  @Override
  public int superSegmentBytes() {
    return devices.getFirst().superSegmentBytes();
  }

  @Override
  public void close() {
    devices.forEach(PacketSocketDevice::close);
    signal.close();
  }
}
