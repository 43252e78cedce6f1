package io.hawser.bench;

import io.hawser.linux.Ip;
import java.util.List;

/** The first path between two namespaces, to be cut and mended. */
final class Cable {
  /** What happens to it. */
  enum Cut {
    /** The near interface goes down: its owner is told. */
    LINK_DOWN("link down"),
    /** Packets vanish both ways: nobody is told. */
    BLACKHOLE("blackhole");

    final String text;

    Cut(String text) {
      this.text = text;
    }
  }

  private static final String TABLE = "hwcut";

  private final Ip near;
  private final String nearDevice;
  private final Ip far;
  private final String farDevice;
  private final List<String> lostRoutes;
  private Ip resetAt;

  /**
   * A cable.
   *
   * @param lostRoutes what the near end's kernel forgets when the interface goes down
   */
  Cable(Ip near, String nearDevice, Ip far, String farDevice, List<String> lostRoutes) {
    this.near = near;
    this.nearDevice = nearDevice;
    this.far = far;
    resetAt = far;
    this.farDevice = farDevice;
    this.lostRoutes = List.copyOf(lostRoutes);
  }

  void cut(Cut how) {
    switch (how) {
      case LINK_DOWN -> near.down(nearDevice);
      case BLACKHOLE -> {
        swallow(near, nearDevice);
        swallow(far, farDevice);
      }
    }
  }

  void mend(Cut how) {
    switch (how) {
      case LINK_DOWN -> {
        near.up(nearDevice);
        lostRoutes.forEach(near::ip);
      }
      case BLACKHOLE -> {
        near.command("nft", "delete", "table", "netdev", TABLE);
        far.command("nft", "delete", "table", "netdev", TABLE);
      }
    }
  }

  /**
   * The next segment of an established connection on this path is answered by a reset, as from a
   * middlebox that has lost its state; that one only.
   *
   * @param towardsFar that goes to the far end; else one that comes from there and is forwarded
   */
  void resetNext(boolean towardsFar) {
    String syn = farDevice + " tcp flags & (syn | ack) == syn counter name ";
    watch(far, "joinsin", "input", "iifname " + syn + "joinsin");
    watch(far, "joinsout", "output", "oifname " + syn + "joinsout");
    watch(
        towardsFar ? far : near,
        "resets",
        towardsFar ? "input" : "forward",
        "iifname "
            + (towardsFar ? farDevice : nearDevice)
            + " tcp flags & (syn | rst) == 0 limit rate 1/day burst 1 packets"
            + " counter name resets reject with tcp reset");
    resetAt = towardsFar ? far : near;
  }

  /** How many were reset since then: one, or none if none came by. */
  int resets() {
    return counted(resetAt, "resets");
  }

  /** How many SYNs came to or from the far end since then: each is for a subflow that joins. */
  int joins() {
    return counted(far, "joinsin") + counted(far, "joinsout");
  }

  private static void watch(Ip ip, String counter, String hook, String rule) {
    String table = "inet " + TABLE + counter;
    ip.command(
        "nft",
        "add table %1$s; add counter %1$s %2$s;".formatted(table, counter)
            + " add chain %s on { type filter hook %s priority 0; };".formatted(table, hook)
            + " add rule %s on %s".formatted(table, rule));
  }

  private static int counted(Ip ip, String counter) {
    String text = ip.command("nft", "list", "counter", "inet", TABLE + counter, counter);
    return Integer.parseInt(text.replaceAll("(?s).*packets (\\d+).*", "$1"));
  }

  private static void swallow(Ip ip, String device) {
    ip.command(
        "nft",
        "add table netdev "
            + TABLE
            + "; add chain netdev "
            + TABLE
            + " in { type filter hook ingress device "
            + device
            + " priority 0; policy drop; }");
  }
}
