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

  /**
   * A cable.
   *
   * @param lostRoutes what the near end's kernel forgets when the interface goes down
   */
  Cable(Ip near, String nearDevice, Ip far, String farDevice, List<String> lostRoutes) {
    this.near = near;
    this.nearDevice = nearDevice;
    this.far = far;
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
