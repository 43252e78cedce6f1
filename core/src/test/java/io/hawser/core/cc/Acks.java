package io.hawser.core.cc;

/** Feeds a congestion control what an ideal path would: one acknowledgement for each segment. */
final class Acks {
  static final int MSS = 1000;

  final CongestionControl cc;
  final AckSample sample = new AckSample();
  long nowNs;
  long rttNs;

  Acks(CongestionControl cc, long rttNs) {
    this.cc = cc;
    this.rttNs = rttNs;
    cc.mss(MSS);
    sample.cwndLimited = true;
  }

  double segments() {
    return (double) cc.cwndBytes() / MSS;
  }

  /** One round trip: as many acknowledgements as segments were in the window. */
  void round() {
    int count = Math.max(1, cc.cwndBytes() / MSS);
    for (int i = 0; i < count; i++) {
      nowNs += rttNs / count;
      ack(MSS, i == 0);
    }
  }

  void ack(int bytes, boolean roundStart) {
    sample.nowNs = nowNs;
    sample.ackedBytes = bytes;
    sample.rttNs = rttNs;
    sample.smoothedRttNs = rttNs;
    sample.roundStart = roundStart;
    cc.onAck(sample);
  }

  void rounds(int count) {
    for (int i = 0; i < count; i++) {
      round();
    }
  }

  /** Slow start without a rise of the delay until the window has this many segments. */
  void growTo(int segments) {
    while (segments() < segments) {
      nowNs += rttNs / 100;
      ack(Math.min(MSS, segments * MSS - cc.cwndBytes()), false);
    }
  }

  void loss() {
    cc.onRecovery(nowNs, cc.cwndBytes());
  }

  void timeout() {
    cc.onTimeout(nowNs, cc.cwndBytes());
  }
}
