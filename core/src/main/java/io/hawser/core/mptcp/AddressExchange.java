package io.hawser.core.mptcp;

import io.hawser.core.pm.PathView;
import io.hawser.event.Event;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Announcing and withdrawing addresses, both ways (RFC 8684 section 3.4). One announcement is under
 * way at a time.
 */
final class AddressExchange {
  private static final BitSet NO_IDS = new BitSet(0);
  private static final int MOST_ANNOUNCED = 32;
  private static final int REPETITIONS = 3;

  private final MptcpConnection connection;
  private final List<MptcpOption.AddAddr> toAnnounce = new ArrayList<>(0);
  private final List<PathView.Announced> fromPeer = new ArrayList<>(0);
  private BitSet announcedIds = NO_IDS;
  private MptcpOption.@Nullable AddAddr underWay;
  private int sent;

  AddressExchange(MptcpConnection connection) {
    this.connection = connection;
  }

  List<PathView.Announced> fromPeer() {
    return fromPeer;
  }

  boolean announcing() {
    return underWay != null;
  }

  boolean wasAnnounced(int id) {
    return announcedIds.get(id);
  }

  /** Announces a local address, after those that wait. */
  void announce(int id, IpAddress address, int port, long nowNs) {
    if (announcedIds.get(id)) {
      return;
    }
    if (announcedIds == NO_IDS) {
      announcedIds = new BitSet();
    }
    announcedIds.set(id);
    long hmac =
        Key.addressHmac(connection.keys.localKey(), connection.keys.remoteKey(), id, address, port);
    toAnnounce.add(new MptcpOption.AddAddr(false, id, address, port, hmac));
    next(nowNs);
  }

  private void next(long nowNs) {
    if (underWay == null && !toAnnounce.isEmpty()) {
      underWay = toAnnounce.removeFirst();
      sent = 0;
      send(nowNs);
    }
  }

  private void send(long nowNs) {
    Subflow on = connection.anyUsable();
    MptcpOption.AddAddr what = underWay;
    if (on == null || what == null) {
      return;
    }
    sent++;
    on.signal(what);
    long wait =
        Math.min(connection.host.addAddrTimeoutNs(), on.tcp().estimates().rtoNs() << (sent - 1));
    connection.timers.set(MptcpTimer.ADD_ADDR, nowNs + wait);
  }

  /** An announcement was written, or did not fit and never will. */
  void announcementLeft(boolean written) {
    if (!written) {
      underWay = null;
      connection.timers.clear(MptcpTimer.ADD_ADDR);
    }
  }

  void onTimer(long nowNs) {
    if (sent > REPETITIONS) {
      underWay = null;
      next(nowNs);
    } else {
      send(nowNs);
    }
  }

  /** Withdraws a local address that may have been announced. */
  void withdraw(int id) {
    announcedIds.clear(id);
    toAnnounce.removeIf(a -> a.addressId() == id);
    MptcpOption.AddAddr current = underWay;
    if (current != null && current.addressId() == id) {
      underWay = null;
    }
    Subflow on = connection.anyUsableExcept(id);
    if (on != null) {
      on.signal(new MptcpOption.RemoveAddr(new int[] {id}));
    }
  }

  void onAddAddr(Subflow on, MptcpOption.AddAddr option, long nowNs) {
    if (option.echo()) {
      MptcpOption.AddAddr current = underWay;
      if (current != null
          && current.addressId() == option.addressId()
          && current.address().equals(option.address())) {
        underWay = null;
        connection.timers.clear(MptcpTimer.ADD_ADDR);
        next(nowNs);
        connection.reviewPaths(nowNs);
      }
      return;
    }
    long expected =
        Key.addressHmac(
            connection.keys.remoteKey(),
            connection.keys.localKey(),
            option.addressId(),
            option.address(),
            option.port());
    if (expected != option.hmac()) {
      // Section 3.4.1: silently ignored.
      return;
    }
    on.signal(
        new MptcpOption.AddAddr(true, option.addressId(), option.address(), option.port(), 0));
    if (remember(option)) {
      if (connection.host.events().wants(Event.AddressAnnounced.class)) {
        connection
            .host
            .events()
            .accept(
                new Event.AddressAnnounced(
                    nowNs, connection.id(), option.addressId(), option.address(), option.port()));
      }
      connection.reviewPaths(nowNs);
    }
  }

  /** True if it is news: an id keeps its address, but may change its port (section 3.4.1). */
  private boolean remember(MptcpOption.AddAddr option) {
    for (int i = 0; i < fromPeer.size(); i++) {
      PathView.Announced known = fromPeer.get(i);
      if (known.id() == option.addressId()) {
        if (!known.address().equals(option.address()) || known.port() == option.port()) {
          return false;
        }
        fromPeer.remove(i);
        break;
      }
    }
    if (fromPeer.size() >= MOST_ANNOUNCED) {
      return false;
    }
    fromPeer.add(new PathView.Announced(option.addressId(), option.address(), option.port()));
    return true;
  }

  void onRemoveAddr(MptcpOption.RemoveAddr option, long nowNs) {
    for (int id : option.addressIds()) {
      fromPeer.removeIf(a -> a.id() == id);
      connection.removedPaths.removed(id, nowNs);
      if (connection.host.events().wants(Event.AddressRemoved.class)) {
        connection.host.events().accept(new Event.AddressRemoved(nowNs, connection.id(), id));
      }
    }
  }
}
