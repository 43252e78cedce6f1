package io.hawser.core;

import io.hawser.core.mptcp.Subflow;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/** Subflows by 4-tuple: open addressing, no allocation for a lookup. */
final class ConnectionTable {
  private @Nullable Subflow[] slots = new Subflow[64];
  private int used;

  int size() {
    return used;
  }

  private static int mix(long srcHigh, long srcLow, long dstHigh, long dstLow, int ports) {
    long h = srcLow * 0x9E3779B97F4A7C15L ^ dstLow * 0xC2B2AE3D27D4EB4FL;
    h ^= srcHigh * 0x165667B19E3779F9L ^ dstHigh * 0x27D4EB2F165667C5L;
    h = (h ^ h >>> 29) + ports * 0x9E3779B97F4A7C15L;
    h *= 0xBF58476D1CE4E5B9L;
    return (int) (h >>> 32);
  }

  private static int hash(Endpoint local, Endpoint remote) {
    IpAddress l = local.address();
    IpAddress r = remote.address();
    return mix(r.high(), r.low(), l.high(), l.low(), remote.port() << 16 | local.port());
  }

  private static boolean same(Subflow s, Endpoint local, Endpoint remote) {
    return s.local().equals(local) && s.remote().equals(remote);
  }

  /** The subflow that an incoming segment is for, or null. */
  @Nullable Subflow find(PacketView s) {
    int at =
        mix(s.srcHigh, s.srcLow, s.dstHigh, s.dstLow, s.srcPort << 16 | s.dstPort)
            & slots.length - 1;
    for (Subflow found = slots[at]; found != null; found = slots[at]) {
      Endpoint local = found.local();
      Endpoint remote = found.remote();
      if (remote.port() == s.srcPort
          && local.port() == s.dstPort
          && is(remote.address(), s.srcHigh, s.srcLow, s.v6)
          && is(local.address(), s.dstHigh, s.dstLow, s.v6)) {
        return found;
      }
      at = at + 1 & slots.length - 1;
    }
    return null;
  }

  private static boolean is(IpAddress a, long high, long low, boolean v6) {
    return a.low() == low && a.high() == high && a.v6() == v6;
  }

  /** The subflow between two endpoints, or null. */
  @Nullable Subflow find(Endpoint local, Endpoint remote) {
    int at = hash(local, remote) & slots.length - 1;
    for (Subflow found = slots[at]; found != null; found = slots[at]) {
      if (same(found, local, remote)) {
        return found;
      }
      at = at + 1 & slots.length - 1;
    }
    return null;
  }

  /** Adds a subflow; false if its 4-tuple is taken. */
  boolean add(Subflow subflow) {
    if (find(subflow.local(), subflow.remote()) != null) {
      return false;
    }
    if (used * 2 >= slots.length) {
      grow();
    }
    insert(subflow);
    used++;
    return true;
  }

  private void insert(Subflow subflow) {
    int at = hash(subflow.local(), subflow.remote()) & slots.length - 1;
    while (slots[at] != null) {
      at = at + 1 & slots.length - 1;
    }
    slots[at] = subflow;
  }

  private void grow() {
    @Nullable Subflow[] old = slots;
    slots = new Subflow[old.length * 2];
    for (Subflow subflow : old) {
      if (subflow != null) {
        insert(subflow);
      }
    }
  }

  /** Removes a subflow; what stood behind it in its run moves up. */
  void remove(Subflow subflow) {
    int mask = slots.length - 1;
    int at = hash(subflow.local(), subflow.remote()) & mask;
    while (slots[at] != null && slots[at] != subflow) {
      at = at + 1 & mask;
    }
    if (slots[at] == null) {
      return;
    }
    slots[at] = null;
    used--;
    for (int next = at + 1 & mask; slots[next] != null; next = next + 1 & mask) {
      Subflow moved = slots[next];
      slots[next] = null;
      if (moved != null) {
        insert(moved);
      }
    }
  }
}
