package io.hawser.core.linux;

import io.hawser.wire.Endpoint;
import io.hawser.wire.PacketView;
import java.util.BitSet;

/** One subflow of a capture and the live one that stands for it; Hawser's end is "local". */
final class LiveFlow {
  final Endpoint capturedLocal;
  final Endpoint remote;

  /** Unknown until Hawser has sent on it. */
  int livePort = -1;

  boolean started;
  int capturedIsn;
  int capturedMax;
  int liveIsn;
  int liveNext;
  int liveTsVal;
  int capturedLocalNonce;
  int liveLocalNonce;
  int remoteNonce;
  private final BitSet early = new BitSet();

  LiveFlow(Endpoint capturedLocal, Endpoint remote) {
    this.capturedLocal = capturedLocal;
    this.remote = remote;
  }

  /** Notes a live segment by Hawser: what the peer has in sequence afterwards. */
  void note(PacketView v) {
    if (v.has(PacketView.SYN)) {
      liveIsn = v.seq;
      liveNext = v.seq + 1;
      started = true;
      early.clear();
    }
    if (v.hasTimestamp) {
      liveTsVal = v.tsVal;
    }
    int from = v.seq - liveIsn;
    int length = v.sequenceLength();
    if (length > 0 && from >= 0 && !v.has(PacketView.SYN | PacketView.RST)) {
      early.set(from, from + length);
    }
    liveNext = liveIsn + Math.max(1, early.nextClearBit(1));
  }
}
