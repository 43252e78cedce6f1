package io.hawser.bench;

import java.util.List;

/**
 * Other stacks in user space, by figures that were measured once on a machine of this kind and are
 * not measured again here: lwIP 2.1.3 on a TUN with packets of 1500 bytes, usrsctp over raw IP
 * between two processes.
 */
final class Anchors {
  private static final double LWIP_SENDS = 6.5;
  private static final double LWIP_RECEIVES = 8.8;
  private static final double USRSCTP = 1.32;
  private static final double USRSCTP_CPU = 10.6;

  private static final Goal LWIP_PACKETS = Goal.atLeast(0.8, 1.1, 1.3);
  private static final Goal LWIP_OFFLOAD = Goal.atLeast(1, 3, 6);
  private static final Goal USRSCTP_GOODPUT = Goal.atLeast(5, 15, 30);
  private static final Goal USRSCTP_CPU_PART = Goal.atMost(0.3, 0.1, 0.04);

  private Anchors() {}

  /** The rows of a transfer with super-segments or without. */
  static List<Row> rows(
      String who, boolean sends, boolean offload, Spread goodput, Spread cpu, Level required) {
    double lwip = goodput.median() / (sends ? LWIP_SENDS : LWIP_RECEIVES);
    Row beside =
        new Row(
            who + ": goodput by lwIP's printed",
            "Gbit/s",
            null,
            goodput,
            lwip,
            offload ? LWIP_OFFLOAD : LWIP_PACKETS,
            required);
    if (!offload) {
      return List.of(beside);
    }
    return List.of(
        beside,
        new Row(
            who + ": goodput by usrsctp's printed",
            "Gbit/s",
            null,
            goodput,
            goodput.median() / USRSCTP,
            USRSCTP_GOODPUT,
            required),
        new Row(
            who + ": CPU per GB by usrsctp's printed",
            "s/GB",
            null,
            cpu,
            cpu.median() / USRSCTP_CPU,
            USRSCTP_CPU_PART,
            required));
  }
}
