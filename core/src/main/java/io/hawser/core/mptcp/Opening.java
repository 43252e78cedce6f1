package io.hawser.core.mptcp;

import io.hawser.core.api.Connection;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.tcp.FastOpen;
import io.hawser.core.tcp.TcpConnection;
import io.hawser.event.Event;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * How a connection comes to be: keys, handshakes, subflows that are opened and taken (RFC 8684
 * sections 3.1 and 3.2).
 */
public final class Opening {
  private final MptcpConnection c;

  /** The peer offered or answered the version before ours: that is no MPTCP to us, but reported. */
  private boolean peerIsVersion0;

  Opening(MptcpConnection connection) {
    this.c = connection;
  }

  // ---- opening ----

  /** Active open of the first subflow; false if the 4-tuple is taken. */
  public boolean open(long nowNs) {
    c.offers = c.config.multipath();
    if (c.offers) {
      drawKey();
    }
    Subflow first = newSubflow(Subflow.Role.FIRST, 0, 0, c.local, c.remote, nowNs);
    if (!c.host.register(first)) {
      c.subflows.clear();
      return false;
    }
    first.backupByUs = c.config.backup();
    c.early.attempt(first, nowNs);
    first.tcp().connect(nowNs);
    c.touched();
    return true;
  }

  /** There is no way to open: no local address, or no free port. */
  public void cannotOpen(long nowNs) {
    c.ending.fail(Connection.Failure.ADDRESS_UNAVAILABLE, nowNs);
  }

  /**
   * Passive open of the first subflow.
   *
   * @param answered what a cookie has answered the SYN with, if one has; if the token of its key
   *     has been taken meanwhile it is plain TCP
   * @param fastOpen how the SYN's Fast Open option is answered
   */
  public void accept(
      PacketView syn,
      MptcpOption.@Nullable MpCapable offer,
      @Nullable Answered answered,
      FastOpen fastOpen,
      long nowNs) {
    int sequence =
        answered == null ? c.host.initialSequence(c.local, c.remote, nowNs) : answered.sequence();
    Subflow first = newSubflow(Subflow.Role.FIRST, 0, 0, c.local, c.remote, sequence, nowNs);
    c.host.register(first);
    peerIsVersion0 = Handshake.version0(syn);
    if (offer != null && c.config.multipath() && hasKey(answered)) {
      c.multipath = true;
      c.checksums = c.host.checksumRequired() || (offer.flags() & MptcpOption.MpCapable.A) != 0;
      c.noJoinsToInitial = (offer.flags() & MptcpOption.MpCapable.C) != 0;
    }
    if (answered == null) {
      c.early.accept(first, syn, fastOpen, nowNs);
    } else {
      first.tcp().acceptAnswered(syn, nowNs);
    }
    c.touched();
  }

  private boolean hasKey(@Nullable Answered answered) {
    if (answered != null) {
      return takeKey(Key.of(answered.key()));
    }
    drawKey();
    return true;
  }

  private boolean takeKey(Key key) {
    boolean free = c.host.registerToken(key.token(), c);
    if (free) {
      c.localKey = key;
    }
    return free;
  }

  void drawKey() {
    // Section 3.1: hard to guess, and its token unique among the host's connections.
    boolean taken;
    do {
      taken = takeKey(Key.of(c.host.random().nextLong()));
    } while (!taken);
  }

  private Subflow newSubflow(
      Subflow.Role role, int localId, int remoteId, Endpoint from, Endpoint to, long nowNs) {
    int sequence = c.host.initialSequence(from, to, nowNs);
    return newSubflow(role, localId, remoteId, from, to, sequence, nowNs);
  }

  private Subflow newSubflow(
      Subflow.Role role,
      int localId,
      int remoteId,
      Endpoint from,
      Endpoint to,
      int sequence,
      long nowNs) {
    Subflow subflow = new Subflow(c.subflowCounter++, c, role, localId, remoteId);
    TcpConnection tcp =
        new TcpConnection(
            c.host.tcpConfig().copy(),
            from,
            to,
            c.out.buffer,
            CongestionControls.create(c.config.congestionControl(), c.group),
            subflow,
            sequence,
            c.host.timestampOffset(from, to),
            c.host.mtuBytes(),
            c.host.superSegmentBytes());
    subflow.transport(tcp);
    c.subflows.add(subflow);
    if (c.host.events().wants(Event.SubflowOpening.class)) {
      c.host.events().accept(new Event.SubflowOpening(nowNs, c.id, subflow.id(), from, to));
    }
    return subflow;
  }

  /** A further subflow from here; false if that cannot be now. */
  boolean join(IpAddress from, int localId, Endpoint to, int remoteId, boolean backup, long nowNs) {
    IpAddress source = from.isAny() ? c.host.route(to.address()) : from;
    if (source == null || source.v6() != to.address().v6()) {
      return false;
    }
    int port = c.host.ephemeralPort(source, to);
    if (port == 0) {
      return false;
    }
    Subflow subflow =
        newSubflow(
            Subflow.Role.JOIN_SENT, localId, remoteId, new Endpoint(source, port), to, nowNs);
    if (!c.host.register(subflow)) {
      c.subflows.remove(subflow);
      return false;
    }
    subflow.askedFrom = from;
    subflow.backupByUs = backup;
    subflow.options.localNonce = c.host.random().nextInt();
    subflow.tcp().connect(nowNs);
    c.touched();
    return true;
  }

  /** True while a SYN with our token should get no answer: it will come again. */
  public boolean putsOffJoins() {
    return c.watch.isDoubtful();
  }

  /** True if there are as many subflows as there may be. */
  public boolean isFull() {
    return c.subflows.size() > c.paths.acceptLimit();
  }

  /**
   * A SYN with our token (section 3.2).
   *
   * @return false if it is refused: the caller answers with RST
   */
  public boolean acceptJoin(
      Endpoint at, Endpoint from, PacketView syn, MptcpOption.MpJoinSyn option, long nowNs) {
    boolean open =
        c.multipath
            && c.confirmed
            && c.phase == Connection.Phase.OPEN
            && !c.over
            && !c.subflowsClosing;
    if (!open || isFull()) {
      return false;
    }
    int localId = c.paths.localId(at.address());
    Subflow subflow =
        newSubflow(Subflow.Role.JOIN_TAKEN, localId, option.addressId(), at, from, nowNs);
    if (!c.host.register(subflow)) {
      c.subflows.remove(subflow);
      return false;
    }
    subflow.backupByPeer = option.backup();
    subflow.options.localNonce = c.host.random().nextInt();
    subflow.options.remoteNonce = option.nonce();
    subflow.tcp().accept(syn, nowNs);
    c.touched();
    return true;
  }

  // ---- what subflows tell ----

  void established(Subflow first, Key peer, int flags, long nowNs) {
    c.remoteKey = peer;
    c.multipath = true;
    if (c.client) {
      c.checksums = c.host.checksumRequired() || (flags & MptcpOption.MpCapable.A) != 0;
      c.noJoinsToInitial = (flags & MptcpOption.MpCapable.C) != 0;
    } else {
      // The third ACK says whether both use checksums; either side's A is enough.
      c.checksums |= (flags & MptcpOption.MpCapable.A) != 0;
    }
    opened(first, nowNs);
    // The peer's window counts at data level from the handshake on: DATA_ACK is IDSN + 1 there.
    c.out.initialWindow(first.tcp().estimates().peerWindowBytes());
    if (!c.client) {
      confirm(nowNs);
    }
  }

  void establishedPlain(Subflow first, long nowNs) {
    c.multipath = false;
    c.offers = false;
    forgetToken();
    c.out.goPlain();
    c.in.goPlain();
    opened(first, nowNs);
  }

  void forgetToken() {
    Key key = c.localKey;
    if (key != null) {
      c.host.unregisterToken(key.token());
    }
  }

  /** A SYN/ACK that has no MPTCP of ours. */
  void answeredPlain(Subflow first, PacketView synAck, long nowNs) {
    peerIsVersion0 = c.offers && Handshake.version0(synAck);
    establishedPlain(first, nowNs);
  }

  void opened(Subflow first, long nowNs) {
    first.established = true;
    c.early.opened(first);
    c.phase = Connection.Phase.OPEN;
    c.host.news(c, MptcpConnection.CONNECTED | MptcpConnection.WRITABLE);
    if (c.host.events().wants(Event.ConnectionEstablished.class)) {
      c.host
          .events()
          .accept(
              new Event.ConnectionEstablished(
                  nowNs, c.id, c.local, c.remote, c.multipath, c.client));
    }
    if (peerIsVersion0 && c.host.events().wants(Event.FellBack.class)) {
      String reason = "the peer speaks MPTCP version 0 (RFC 6824)";
      c.host.events().accept(new Event.FellBack(nowNs, c.id, reason));
    }
    noteEstablished(first, nowNs);
  }

  void noteEstablished(Subflow subflow, long nowNs) {
    if (c.host.events().wants(Event.SubflowEstablished.class)) {
      c.host
          .events()
          .accept(
              new Event.SubflowEstablished(
                  nowNs, c.id, subflow.id(), subflow.local(), subflow.remote(), subflow.backup()));
    }
  }

  /** The peer has shown that MPTCP works both ways: paths may be added (section 3.1). */
  void confirm(long nowNs) {
    if (!c.confirmed) {
      c.confirmed = true;
      c.paths.review(nowNs);
    }
  }

  void joined(Subflow subflow, long nowNs) {
    if (!subflow.established) {
      subflow.established = true;
      c.everJoined = true;
      noteEstablished(subflow, nowNs);
      c.paths.succeeded(subflow, nowNs);
      c.addressChanges.leaveBroken(nowNs);
    }
  }
}
