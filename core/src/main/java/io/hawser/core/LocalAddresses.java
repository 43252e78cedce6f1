package io.hawser.core;

import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses of a stack, and which of them have a way out that works as far as is known. */
final class LocalAddresses {
  private final List<IpAddress> all = new ArrayList<>();
  private final List<IpAddress> broken = new ArrayList<>(0);
  private List<IpAddress> working = List.of();

  /** All, in the order they were added. */
  List<IpAddress> all() {
    return all;
  }

  /** Those whose way out works, in the order they were added. */
  List<IpAddress> working() {
    return working;
  }

  boolean add(IpAddress address) {
    boolean isNew = !all.contains(address) && all.add(address);
    sort();
    return isNew;
  }

  boolean remove(IpAddress address) {
    boolean known = all.remove(address);
    sort();
    return known;
  }

  /** Returns true if that is news. */
  boolean works(IpAddress address, boolean works) {
    boolean news = works ? broken.remove(address) : !broken.contains(address);
    if (news && !works) {
      broken.add(address);
    }
    sort();
    return news;
  }

  boolean works(IpAddress address) {
    return broken.isEmpty() || !broken.contains(address);
  }

  private void sort() {
    working = all.stream().filter(this::works).toList();
  }

  /** Whether a packet is for one of them. */
  boolean addressed(PacketView v) {
    for (int i = 0; i < all.size(); i++) {
      IpAddress a = all.get(i);
      if (a.low() == v.dstLow && a.high() == v.dstHigh && a.v6() == v.v6) {
        return true;
      }
    }
    return false;
  }

  /** The first of the remote address's family, one that works if there is a choice; or null. */
  @Nullable IpAddress route(IpAddress remote) {
    for (IpAddress address : working) {
      if (address.v6() == remote.v6()) {
        return address;
      }
    }
    for (IpAddress address : all) {
      if (address.v6() == remote.v6()) {
        return address;
      }
    }
    return null;
  }
}
