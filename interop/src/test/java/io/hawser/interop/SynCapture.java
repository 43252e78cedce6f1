package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.wire.DropReason;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import io.hawser.wire.PcapReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SYNs and SYN/ACKs of a capture file, to and from one port; not those of joins. */
record SynCapture(List<Syn> syns, List<Syn> synAcks) {
  /**
   * One of them.
   *
   * @param cookie of the Fast Open option, null without the option
   * @param length payload bytes
   */
  record Syn(byte @Nullable [] cookie, int length, int seq, int ack) {}

  private static boolean joins(PacketView v) {
    for (int i = 0; i < v.mptcpCount; i++) {
      MptcpOption option = v.mptcp(i);
      if (option instanceof MptcpOption.MpJoinSyn || option instanceof MptcpOption.MpJoinSynAck) {
        return true;
      }
    }
    return false;
  }

  static SynCapture read(Path file, int port) throws IOException {
    SynCapture found = new SynCapture(new ArrayList<>(), new ArrayList<>());
    PacketView v = new PacketView();
    try (PcapReader reader = new PcapReader(file)) {
      while (reader.next()) {
        DropReason reason =
            v.check(reader.memory(), (int) reader.packetOffset(), reader.packetLength(), true, 0);
        boolean syn =
            reason == DropReason.NONE && v.protocol == PacketView.TCP && v.has(PacketView.SYN);
        if (syn && (v.srcPort == port || v.dstPort == port) && !joins(v)) {
          byte[] cookie = v.fastOpenOffset < 0 ? null : v.fastOpenCookie();
          Syn one = new Syn(cookie, v.payloadLength, v.seq, v.ack);
          (v.has(PacketView.ACK) ? found.synAcks : found.syns).add(one);
        }
      }
    }
    assertThat(found.syns).as("SYNs in %s", file).isNotEmpty();
    return found;
  }
}
