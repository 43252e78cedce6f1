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

  /** The kernel's own TCP with packets of 1500 bytes, on the machine where lwIP's were taken. */
  private static final double KERNEL_TCP = 13.9;

  private static final double USRSCTP = 1.32;
  private static final double USRSCTP_CPU = 10.6;

  /** Its stalls when a path is lost, with concurrent multipath transfer, which has the shortest. */
  private static final double USRSCTP_DOWN_MS = 3036;

  private static final double USRSCTP_HOLE_MS = 4043;

  private static final Goal LWIP_PACKETS = Goal.atLeast(0.8, 1.1, 1.3);
  private static final Goal LWIP_OFFLOAD = Goal.atLeast(1, 3, 6);
  private static final Goal USRSCTP_GOODPUT = Goal.atLeast(5, 15, 30);
  private static final Goal USRSCTP_CPU_PART = Goal.atMost(0.3, 0.1, 0.04);
  private static final Goal USRSCTP_STALL_PART = Goal.atMost(1, 1.0 / 30, 0.01);

  private Anchors() {}

  /** A transfer's stall when a path is lost. */
  static Row stall(String who, Cable.Cut cut, Spread milliseconds, Level required) {
    double printed = cut == Cable.Cut.LINK_DOWN ? USRSCTP_DOWN_MS : USRSCTP_HOLE_MS;
    return new Row(
        who + ": stall by usrsctp's printed",
        "ms",
        null,
        milliseconds,
        milliseconds.median() / printed,
        USRSCTP_STALL_PART,
        required);
  }

  /** One TCP connection over a TUN without offload, beside two kernels that do the same. */
  static List<Row> lwip(String who, boolean sends, Spread kernels, Spread goodput, Level required) {
    double printed = sends ? LWIP_SENDS : LWIP_RECEIVES;
    double share = printed / KERNEL_TCP;
    return List.of(
        new Row(
            who + ": goodput by lwIP's printed",
            "Gbit/s",
            kernels,
            goodput,
            goodput.median() / printed,
            LWIP_PACKETS,
            required),
        new Row(
            who + ": share of the kernel's TCP by lwIP's",
            "Gbit/s",
            kernels,
            goodput,
            goodput.median() / kernels.median() / share,
            LWIP_PACKETS,
            required));
  }

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
