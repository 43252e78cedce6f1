package io.hawser.core;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.core.mptcp.Answered;
import io.hawser.core.mptcp.ConnectionHost;
import io.hawser.core.mptcp.Handshake;
import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.mptcp.Subflow;
import io.hawser.core.pm.EndpointTable;
import io.hawser.core.tcp.FastOpen;
import io.hawser.core.tcp.FastOpenCache;
import io.hawser.core.tcp.SynCookies;
import io.hawser.core.tcp.TcpConfig;
import io.hawser.core.tcp.TcpOutput;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The engine: packets and time in, packets and news out. One thread owns it; it reads no clock and
 * takes no lock.
 */
public final class Stack {
  private static final int MOST_POLLED = 256;
  private static final int REASON_MPTCP = 1;
  private static final int REASON_PROHIBITED = 3;

  private final StackConfig config;
  private final ChunkPool chunks;
  private final RandomGenerator random;
  private final EventSink events;
  private final Host host = new Host();
  private final TcpOutput out = new TcpOutput();
  private final PacketView view = new PacketView();
  private final ConnectionTable table = new ConnectionTable();
  private final TreeMap<Long, Deadlines.Entry> entries = new TreeMap<>();
  private final TreeMap<Integer, MptcpConnection> tokens = new TreeMap<>();
  private final Deadlines deadlines = new Deadlines();
  private final ArrayDeque<Deadlines.Entry> wanting = new ArrayDeque<>();
  private final ArrayDeque<Deadlines.Entry> newsQueue = new ArrayDeque<>();
  private final ArrayDeque<ListenerEntry> listenerNews = new ArrayDeque<>();
  private final Listeners listeners = new Listeners();
  private final LocalAddresses addresses = new LocalAddresses();
  private final EndpointTable endpoints = new EndpointTable();
  private final long[] drops = new long[DropReason.values().length];
  private final Answers answers;
  private final InitialSequence initialSequence;
  private final CookieDoor cookies;
  private final FastOpenDoor fastOpens;
  private final EphemeralPorts ports;
  private long idCounter;
  private boolean pathsChanged;

  /** A stack without addresses. Buffers and chunks stay the caller's. */
  public Stack(
      StackConfig config,
      BufferPool buffers,
      ChunkPool chunks,
      RandomGenerator random,
      EventSink events) {
    this.config = config;
    this.chunks = chunks;
    this.random = random;
    this.events = events;
    this.answers = new Answers(config);
    this.initialSequence = new InitialSequence(random.nextLong(), random.nextLong());
    SynCookies syns = new SynCookies(config.tcp, random.nextLong(), random.nextLong());
    this.cookies = new CookieDoor(config, syns, initialSequence, answers);
    this.fastOpens = new FastOpenDoor(config, random);
    this.ports = new EphemeralPorts(config, random, table);
  }

  /** Settings; they may be changed between calls. */
  public StackConfig config() {
    return config;
  }

  /** Local addresses: packets to others are not ours; a subflow's source address tells its path. */
  public void addAddress(IpAddress address, long nowNs) {
    pathsChanged |= addresses.add(address);
  }

  /** Connections using it lose their subflows there; the peer is told. */
  public void removeAddress(IpAddress address, long nowNs) {
    if (addresses.remove(address)) {
      int id = endpoints.idOf(address);
      for (Deadlines.Entry entry : entries.values()) {
        entry.connection.addressChanges().gone(address, id, false, nowNs);
      }
    }
  }

  /**
   * The way out from a local address is broken or works again, as the loss of a carrier tells.
   * Connections that have another path leave the broken one at once and tell the peer; no new path
   * begins there until it is back. The last path of a connection stays and waits.
   */
  public void pathWorks(IpAddress address, boolean works, long nowNs) {
    if (addresses.works(address, works)) {
      for (Deadlines.Entry entry : List.copyOf(entries.values())) {
        entry.connection.addressChanges().works(address, works, nowNs);
      }
    }
  }

  /** Local addresses, in the order they were added. */
  public List<IpAddress> addresses() {
    return addresses.all();
  }

  /**
   * The path manager's endpoints and limits, in the words of {@code ip mptcp}; changes act on live
   * connections.
   */
  public EndpointTable endpoints() {
    return endpoints;
  }

  /** What its clients know of servers' Fast Open cookies. */
  public FastOpenCache fastOpenCookies() {
    return fastOpens.cache;
  }

  // ---- packets in ----

  /** In: one IP packet or super-segment, lent for the call. */
  public DropReason receive(PacketBuffer packet, PacketMeta meta, long nowNs) {
    DropReason reason = view.check(packet, meta);
    if (reason == DropReason.NONE) {
      reason = take(view, nowNs);
    }
    drops[reason.ordinal()]++;
    return reason;
  }

  private DropReason take(PacketView v, long nowNs) {
    if (v.protocol == PacketView.TCP) {
      Subflow subflow = table.find(v);
      if (subflow != null && !subflow.yieldsTo(v)) {
        subflow.receive(v, nowNs);
        return DropReason.NONE;
      }
      return addresses.addressed(v) ? unknownSegment(v, subflow, nowNs) : DropReason.NOT_OURS;
    }
    if (!addresses.addressed(v)) {
      return DropReason.NOT_OURS;
    }
    if (v.protocol == PacketView.UDP) {
      answers.portUnreachable(v, nowNs);
      return DropReason.NO_CONNECTION;
    }
    if (IcmpResponder.isEcho(v)) {
      answers.echo(v, nowNs);
    } else {
      IcmpResponder.error(v, table, nowNs);
    }
    return DropReason.NONE;
  }

  /** RFC 9293 section 3.10.7.1 and 3.10.7.2. */
  private DropReason unknownSegment(PacketView v, @Nullable Subflow old, long nowNs) {
    IpAddress source = v.source();
    if (!source.isUnicast() || addresses.all().contains(source) || v.srcPort == 0) {
      return DropReason.BAD_SOURCE;
    }
    if (v.has(PacketView.RST)) {
      return DropReason.NO_CONNECTION;
    }
    Endpoint at = new Endpoint(v.destination(), v.dstPort);
    Endpoint from = new Endpoint(source, v.srcPort);
    boolean opening = v.has(PacketView.SYN) && !v.has(PacketView.ACK);
    if (!opening) {
      return thirdAck(v, at, from, nowNs);
    }
    MptcpOption.MpJoinSyn join = config.mptcpEnabled ? Handshake.join(v) : null;
    if (join != null) {
      return takeJoin(v, at, from, join, nowNs);
    }
    ListenerEntry listener = listeners.at(at);
    if (listener == null) {
      answers.reset(v, -1, nowNs);
      return DropReason.NO_CONNECTION;
    }
    boolean full = listener.halfOpen >= config.maxHalfOpen;
    if (listener.ready.size() > listener.backlog || (full && !config.synCookies)) {
      return DropReason.BACKLOG_FULL;
    }
    if (old != null) {
      old.makeWay(nowNs);
    }
    if (full) {
      boolean answered = cookies.answer(v, listener, at, from, nowNs);
      return answered ? DropReason.NONE : DropReason.BACKLOG_FULL;
    }
    MptcpOption.MpCapable offer = config.mptcpEnabled ? Handshake.offer(v) : null;
    FastOpen fastOpen = fastOpens.answer(v, listener, at, from, nowNs);
    halfOpen(listener, at, from).opening().accept(v, offer, null, fastOpen, nowNs);
    return DropReason.NONE;
  }

  private MptcpConnection halfOpen(ListenerEntry listener, Endpoint at, Endpoint from) {
    Deadlines.Entry entry = entry(listener.config, at, from, false);
    entry.listener = listener;
    entry.halfOpen = true;
    listener.halfOpen++;
    return entry.connection;
  }

  /** A segment of no connection: the third ACK after a cookie, or nothing of ours. */
  private DropReason thirdAck(PacketView v, Endpoint at, Endpoint from, long nowNs) {
    ListenerEntry listener = listeners.at(at);
    SynCookies.Syn said = listener == null ? null : cookies.check(v, listener, at, from, nowNs);
    if (listener == null || said == null) {
      answers.reset(v, -1, nowNs);
      return DropReason.NO_CONNECTION;
    }
    if (listener.ready.size() > listener.backlog) {
      return DropReason.BACKLOG_FULL;
    }
    Answered answered = new Answered(v.ack - 1, cookies.key(v, at, from));
    MptcpOption.MpCapable echo = config.mptcpEnabled ? Handshake.echo(v, answered.key()) : null;
    int flags = v.flags;
    CookieDoor.asSyn(v, said);
    halfOpen(listener, at, from).opening().accept(v, echo, answered, FastOpen.OFF, nowNs);
    CookieDoor.asAck(v, flags);
    Subflow subflow = table.find(v);
    if (subflow != null) {
      subflow.receive(v, nowNs);
    }
    return DropReason.NONE;
  }

  /** RFC 8684 section 3.2: joins are found by token. */
  private DropReason takeJoin(
      PacketView v, Endpoint at, Endpoint from, MptcpOption.MpJoinSyn join, long nowNs) {
    MptcpConnection connection = tokens.get(join.token());
    if (connection == null) {
      answers.reset(v, REASON_MPTCP, nowNs);
      return DropReason.NO_CONNECTION;
    }
    if (connection.opening().putsOffJoins()) {
      return DropReason.BACKLOG_FULL;
    }
    if (!connection.opening().acceptJoin(at, from, v, join, nowNs)) {
      int reason = connection.opening().isFull() ? REASON_PROHIBITED : REASON_MPTCP;
      answers.reset(v, reason, nowNs);
      return DropReason.NO_CONNECTION;
    }
    return DropReason.NONE;
  }

  private Deadlines.Entry entry(
      ConnectionConfig settings, Endpoint local, Endpoint remote, boolean client) {
    long id = ++idCounter;
    boolean multi = settings.multipath() && config.mptcpEnabled;
    MptcpConnection connection =
        new MptcpConnection(id, host, chunks, settings.withMultipath(multi), local, remote, client);
    Deadlines.Entry entry = new Deadlines.Entry(connection);
    entries.put(id, entry);
    return entry;
  }

  // ---- packets out ----

  /** Expired timers, then bounded transmission. */
  public void poll(long nowNs, PacketSink sink) {
    out.sink(sink);
    answers.send(out);
    applyPathChanges(nowNs);
    for (Deadlines.Entry due = deadlines.due(nowNs); due != null; due = deadlines.due(nowNs)) {
      deadlines.set(due, Long.MAX_VALUE);
      want(due);
    }
    int turns = Math.min(MOST_POLLED, wanting.size());
    for (int i = 0; i < turns && !out.full(); i++) {
      Deadlines.Entry entry = wanting.poll();
      if (entry == null) {
        break;
      }
      entry.queued = false;
      entry.connection.poll(nowNs, out);
      if (entry.connection.isOver()) {
        continue;
      }
      deadlines.set(entry, entry.connection.nextDeadlineNs());
      if (entry.connection.wantsPoll(nowNs)) {
        want(entry);
      }
    }
  }

  private void want(Deadlines.Entry entry) {
    if (!entry.queued) {
      entry.queued = true;
      wanting.add(entry);
    }
  }

  private void applyPathChanges(long nowNs) {
    EndpointTable.Change change = endpoints.pollChange();
    if (change == null && !pathsChanged) {
      return;
    }
    pathsChanged = false;
    for (; change != null; change = endpoints.pollChange()) {
      for (Deadlines.Entry entry : List.copyOf(entries.values())) {
        switch (change) {
          case EndpointTable.Change.Added a -> {
            // The path manager sees it in the table.
          }
          case EndpointTable.Change.Removed r ->
              entry
                  .connection
                  .addressChanges()
                  .gone(r.endpoint().address(), r.endpoint().id(), r.endpoint().signal(), nowNs);
          case EndpointTable.Change.Priority p ->
              entry
                  .connection
                  .addressChanges()
                  .priority(p.endpoint().address(), p.endpoint().backup(), nowNs);
        }
      }
    }
    for (Deadlines.Entry entry : List.copyOf(entries.values())) {
      entry.connection.pathsChanged(nowNs);
    }
  }

  /**
   * When poll is due next: a time already reached if something waits to be sent; Long.MAX_VALUE:
   * nothing to wait for.
   */
  public long nextDeadlineNs() {
    if (!wanting.isEmpty() || answers.waiting() || pathsChanged) {
      return Long.MIN_VALUE;
    }
    return deadlines.nextNs();
  }

  // ---- news ----

  /** Tells which connections became readable, writable, connected or closed since the last call. */
  public void news(NewsSink sink) {
    for (Deadlines.Entry entry = newsQueue.poll(); entry != null; entry = newsQueue.poll()) {
      int what = entry.news;
      entry.news = 0;
      sink.news(entry.connection, what);
    }
    for (ListenerEntry l = listenerNews.poll(); l != null; l = listenerNews.poll()) {
      l.newsQueued = false;
      if (!l.closed) {
        sink.acceptable(l);
      }
    }
  }

  private void onNews(Deadlines.Entry entry, int what) {
    if (entry.news == 0) {
      newsQueue.add(entry);
    }
    entry.news |= what;
    ListenerEntry listener = entry.listener;
    if (entry.halfOpen
        && listener != null
        && (what & (MptcpConnection.CONNECTED | MptcpConnection.CLOSED)) != 0) {
      entry.halfOpen = false;
      listener.halfOpen--;
      boolean open = entry.connection.phase() == Connection.Phase.OPEN;
      if (open && !listener.closed) {
        listener.ready.add(entry.connection);
        if (!listener.newsQueued) {
          listener.newsQueued = true;
          listenerNews.add(listener);
        }
      }
    }
    if ((what & MptcpConnection.CLOSED) != 0) {
      entries.remove(entry.connection.id());
      deadlines.set(entry, Long.MAX_VALUE);
    }
  }

  // ---- commands ----

  /**
   * Opens a connection. Local address ANY or port 0: the stack chooses. A failure shows in the
   * connection's phase.
   */
  public Connection connect(
      Endpoint local, Endpoint remote, ConnectionConfig settings, long nowNs) {
    IpAddress source = local.address();
    if (source.isAny()) {
      IpAddress routed = host.route(remote.address());
      source = routed == null ? source : routed;
    }
    int port = local.port() != 0 ? local.port() : host.ephemeralPort(source, remote);
    Endpoint from = new Endpoint(source, port);
    Deadlines.Entry entry = entry(settings, from, remote, true);
    // RFC 9293 section 3.9.2.3: there is no connection to a group.
    boolean possible =
        port != 0 && addresses.all().contains(source) && remote.address().isUnicast();
    if (!possible || !entry.connection.opening().open(nowNs)) {
      entry.connection.opening().cannotOpen(nowNs);
    }
    return entry.connection;
  }

  /**
   * Listens on a port of one local address or of all (ANY4, ANY6); port 0: the stack chooses.
   *
   * @throws AddressInUseException if another listener has it
   */
  public Listener listen(Endpoint local, int backlog, ConnectionConfig settings) {
    Endpoint at = local;
    if (local.port() == 0) {
      int port;
      do {
        port = ports.draw();
        at = new Endpoint(local.address(), port);
      } while (listeners.collides(at));
    } else if (listeners.collides(at)) {
      throw new AddressInUseException(
          "address " + at + " is in use by another listener; choose another port or close it");
    }
    ListenerEntry listener = new ListenerEntry(this, at, Math.max(1, backlog), settings);
    listeners.add(listener);
    return listener;
  }

  void closeListener(ListenerEntry listener, long nowNs) {
    listener.closed = true;
    listeners.remove(listener);
    for (MptcpConnection c = listener.ready.poll(); c != null; c = listener.ready.poll()) {
      c.abort(nowNs);
      c.close(nowNs);
    }
    for (Deadlines.Entry entry : List.copyOf(entries.values())) {
      if (entry.listener == listener && entry.halfOpen) {
        entry.connection.abort(nowNs);
        entry.connection.close(nowNs);
      }
    }
  }

  /** Live connections, for statistics. */
  public List<Connection> connections() {
    List<Connection> all = new ArrayList<>(entries.size());
    for (Deadlines.Entry entry : entries.values()) {
      all.add(entry.connection);
    }
    return all;
  }

  /** Aborts everything and frees its memory; poll once more to send the RSTs. */
  public void abortAll(long nowNs) {
    for (ListenerEntry listener : listeners.copy()) {
      closeListener(listener, nowNs);
    }
    for (Deadlines.Entry entry : List.copyOf(entries.values())) {
      entry.connection.abort(nowNs);
      entry.connection.close(nowNs);
    }
  }

  /** Packets dropped for this reason so far; for NONE: packets taken. */
  public long dropped(DropReason reason) {
    return drops[reason.ordinal()];
  }

  /** What connections see of the stack. */
  private final class Host implements ConnectionHost {
    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public EventSink events() {
      return events;
    }

    @Override
    public void news(MptcpConnection connection, int what) {
      Deadlines.Entry entry = entries.get(connection.id());
      if (entry != null) {
        onNews(entry, what);
      }
    }

    @Override
    public void wake(MptcpConnection connection) {
      Deadlines.Entry entry = entries.get(connection.id());
      if (entry != null) {
        want(entry);
      }
    }

    @Override
    public boolean register(Subflow subflow) {
      return table.add(subflow);
    }

    @Override
    public void unregister(Subflow subflow) {
      table.remove(subflow);
    }

    @Override
    public boolean registerToken(int token, MptcpConnection connection) {
      return tokens.putIfAbsent(token, connection) == null;
    }

    @Override
    public void unregisterToken(int token) {
      tokens.remove(token);
    }

    @Override
    public @Nullable IpAddress route(IpAddress remote) {
      return addresses.route(remote);
    }

    @Override
    public boolean works(IpAddress local) {
      return addresses.works(local);
    }

    @Override
    public int ephemeralPort(IpAddress local, Endpoint remote) {
      return ports.free(local, remote);
    }

    @Override
    public int initialSequence(Endpoint local, Endpoint remote, long nowNs) {
      return initialSequence.of(local, remote, nowNs);
    }

    @Override
    public int timestampOffset(Endpoint local, Endpoint remote) {
      return initialSequence.timestampOffset(local, remote);
    }

    @Override
    public FastOpenCache fastOpenCache() {
      return fastOpens.cache;
    }

    @Override
    public TcpConfig tcpConfig() {
      return config.tcp;
    }

    @Override
    public int mtuBytes() {
      return config.mtuBytes;
    }

    @Override
    public int superSegmentBytes() {
      return config.superSegmentBytes;
    }

    @Override
    public EndpointTable endpoints() {
      return endpoints;
    }

    @Override
    public List<IpAddress> addresses() {
      return addresses.working();
    }

    @Override
    public boolean checksumRequired() {
      return config.mptcpChecksum;
    }

    @Override
    public long addAddrTimeoutNs() {
      return config.addAddrTimeoutNs;
    }
  }
}
