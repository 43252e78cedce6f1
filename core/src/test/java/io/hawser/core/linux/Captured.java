package io.hawser.core.linux;

import io.hawser.wire.BufferPool;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import io.hawser.wire.PcapReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A capture of the kernel's MPTCP: its packets, and which end sent each of them. */
final class Captured {
  private static final Path FOLDER = Path.of("../wire/src/test/resources/captures");

  /** One packet of a capture. */
  record Packet(long atNs, PacketView view, boolean byClient) {
    Endpoint source() {
      return new Endpoint(view.source(), view.srcPort);
    }

    Endpoint destination() {
      return new Endpoint(view.destination(), view.dstPort);
    }
  }

  final List<Packet> packets = new ArrayList<>();
  final Set<IpAddress> clientAddresses = new HashSet<>();
  final Set<IpAddress> serverAddresses = new HashSet<>();
  long clientKey;
  long serverKey;

  /** Reads the first connection of a capture; {@code name#2}: the second. */
  Captured(String name, BufferPool buffers) {
    boolean second = name.endsWith("#2");
    String file = second ? name.substring(0, name.length() - 2) : name;
    try (PcapReader reader = new PcapReader(FOLDER.resolve(file + ".pcap"))) {
      while (reader.next()) {
        PacketView view = copy(reader, buffers);
        if (!packets.isEmpty() && opensAnother(view)) {
          if (!second) {
            break;
          }
          second = false;
          packets.clear();
        }
        add(reader.timestampNs(), view);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static PacketView copy(PcapReader reader, BufferPool buffers) {
    PacketBuffer buffer = buffers.large();
    MemorySegment.copy(
        reader.memory(),
        reader.packetOffset(),
        buffer.memory(),
        PacketBuffer.START,
        reader.packetLength());
    buffer.length(reader.packetLength());
    PacketView view = new PacketView();
    view.check(buffer, new PacketMeta());
    return view;
  }

  /** A SYN that is neither a join nor a repetition of the first. */
  private boolean opensAnother(PacketView v) {
    boolean joins = v.mptcpCount > 0 && v.mptcp(0) instanceof MptcpOption.MpJoinSyn;
    boolean syn = v.has(PacketView.SYN) && !v.has(PacketView.ACK);
    return syn && !joins && v.srcPort != packets.getFirst().view.srcPort;
  }

  private void add(long atNs, PacketView v) {
    IpAddress from = v.source();
    IpAddress to = v.destination();
    boolean byClient =
        packets.isEmpty() || clientAddresses.contains(from) || serverAddresses.contains(to);
    if (v.mptcpCount > 0 && v.mptcp(0) instanceof MptcpOption.MpJoinSyn join) {
      byClient = serverKey == 0 || join.token() == JoinHmac.token(serverKey);
    }
    (byClient ? clientAddresses : serverAddresses).add(from);
    (byClient ? serverAddresses : clientAddresses).add(to);
    packets.add(new Packet(atNs, v, byClient));
    for (int i = 0; i < v.mptcpCount; i++) {
      if (v.mptcp(i) instanceof MptcpOption.MpCapable c && c.version() == 1) {
        if (c.keys() == 2) {
          clientKey = c.senderKey();
        } else if (c.keys() == 1 && !byClient) {
          serverKey = c.senderKey();
        }
      }
    }
  }
}
