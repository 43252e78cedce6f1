package io.hawser.core.linux;

import io.hawser.core.Listener;
import io.hawser.core.NewsSink;
import io.hawser.core.Stack;
import io.hawser.core.StackConfig;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.OutgoingPacket;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketSink;
import io.hawser.wire.PacketView;
import io.hawser.wire.Segmenter;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hawser in the place of one end of a capture; the other end's packets are played back in virtual
 * time. Keys are the captured ones, so that tokens, data sequence numbers and checksums hold as
 * they are; Hawser's ports, sequence numbers, time stamps and nonces differ and are rewritten, join
 * HMACs with them (those that were wrong stay wrong). What the replaced end wrote and closed,
 * Hawser's application writes and closes at the same moments.
 */
final class ReplayedPeer implements AutoCloseable {
  private static final long PATIENCE_NS = 200_000_000;

  /** Which end Hawser stands for. */
  enum Role {
    CLIENT,
    SERVER
  }

  final StackConfig config = new StackConfig();
  final List<Event> events = new ArrayList<>();

  /** What Hawser sent, in order. */
  final List<PacketView> sent = new ArrayList<>();

  /** Captured packets of subflows that Hawser never opened. */
  int notPlayed;

  ConnectionConfig settings = ConnectionConfig.multipathDefaults();
  boolean reads = true;

  /** Packets of the peer that do not arrive. */
  Predicate<PacketView> lost = v -> false;

  private final BufferPool buffers = new BufferPool();
  private final ForcedKeys random = new ForcedKeys(8684);
  private final Segmenter segmenter = new Segmenter();
  private final PacketMeta meta = new PacketMeta();
  private final List<LiveFlow> flows = new ArrayList<>();
  private final ByteArrayOutputStream got = new ByteArrayOutputStream();
  private final PacketSink wire = p -> segmenter.send(p, this::carry);
  private final Captured capture;
  private final Role role;
  final Stack stack;
  private @Nullable Connection connection;
  private @Nullable Listener listener;
  private long nowNs = 1_000_000_000L;
  private long late;
  private long written;
  private boolean closed;
  private long highestDsn;
  private int played;

  ReplayedPeer(String name, Role role) {
    this.role = role;
    capture = new Captured(name, buffers);
    highestDsn = JoinHmac.firstDsn(key(true));
    EventSink sink = EventSink.all(events::add);
    config.superSegmentBytes = 1500;
    stack = new Stack(config, buffers, new ChunkPool(), random, sink);
  }

  /** Hawser in the client's place, all packets played. */
  static ReplayedPeer asClient(String name) {
    return new ReplayedPeer(name, Role.CLIENT).play();
  }

  /** Hawser in the server's place, all packets played. */
  static ReplayedPeer asServer(String name) {
    return new ReplayedPeer(name, Role.SERVER).play();
  }

  private long key(boolean own) {
    return own == (role == Role.CLIENT) ? capture.clientKey : capture.serverKey;
  }

  /** Plays all packets and waits a little. */
  ReplayedPeer play() {
    return play(Integer.MAX_VALUE);
  }

  /** Plays the packets up to one, counted from 1, and waits a little. */
  ReplayedPeer play(int last) {
    if (played == 0) {
      begin();
    }
    long first = capture.packets.getFirst().atNs();
    long start = 1_000_000_000L;
    while (played < Math.min(last, capture.packets.size())) {
      Captured.Packet p = capture.packets.get(played++);
      runUntil(start + late + p.atNs() - first);
      if (p.byClient() == (role == Role.CLIENT)) {
        cue(p);
      } else if (!lost.test(p.view())) {
        deliver(p);
      }
    }
    runUntil(nowNs + 100_000_000);
    return this;
  }

  /** Lets virtual time pass without the peer. */
  ReplayedPeer idle(long ns) {
    runUntil(nowNs + ns);
    return this;
  }

  private void begin() {
    var own = role == Role.CLIENT ? capture.clientAddresses : capture.serverAddresses;
    Captured.Packet first = capture.packets.getFirst();
    IpAddress initial = role == Role.CLIENT ? first.view().source() : first.view().destination();
    stack.addAddress(initial, nowNs);
    own.stream()
        .filter(a -> !a.equals(initial))
        .sorted((a, b) -> a.toString().compareTo(b.toString()))
        .forEach(a -> stack.addAddress(a, nowNs));
    if (role == Role.SERVER) {
      listener =
          stack.listen(
              new Endpoint(initial.v6() ? IpAddress.ANY6 : IpAddress.ANY4, first.view().dstPort),
              16,
              settings);
    }
  }

  Connection connection() {
    return Objects.requireNonNull(connection, "no connection");
  }

  boolean connected() {
    return connection != null;
  }

  String received() {
    return got.toString(StandardCharsets.ISO_8859_1);
  }

  long receivedBytes() {
    return got.size();
  }

  // ---- Hawser's application ----

  private void cue(Captured.Packet p) {
    PacketView v = p.view();
    LiveFlow flow = flow(p.source(), p.destination());
    if (v.has(PacketView.SYN)) {
      flow.capturedIsn = v.seq;
      flow.capturedMax = v.seq + 1;
      noteCapturedNonce(flow, v);
      if (connection == null && role == Role.CLIENT) {
        random.next(capture.clientKey);
        flow.livePort = v.srcPort;
        connection = stack.connect(p.source(), p.destination(), settings, nowNs);
      }
    }
    int end = v.seq + v.sequenceLength();
    boolean fresh = end - flow.capturedMax > 0;
    flow.capturedMax = fresh ? end : flow.capturedMax;
    if (connection == null || closed) {
      return;
    }
    write(v, fresh);
    boolean fastClose = options(v).stream().anyMatch(MptcpOption.MpFastclose.class::isInstance);
    if (fastClose) {
      closed = true;
      connection.abort(nowNs);
    } else if (v.dataFin || (v.has(PacketView.FIN) && !connection.multipath())) {
      closed = true;
      connection.shutdownOutput(nowNs);
    }
    settle();
  }

  private static void noteCapturedNonce(LiveFlow flow, PacketView v) {
    for (MptcpOption o : options(v)) {
      if (o instanceof MptcpOption.MpJoinSyn j) {
        flow.capturedLocalNonce = j.nonce();
      } else if (o instanceof MptcpOption.MpJoinSynAck j) {
        flow.capturedLocalNonce = j.nonce();
      }
    }
  }

  private void write(PacketView v, boolean fresh) {
    if (v.payloadLength == 0) {
      return;
    }
    long at = written;
    if (v.hasDss && v.dsnBytes == 8 && v.dataLength > 0) {
      // The mapping may begin before this segment.
      int into = v.seq - flowOf(v).capturedIsn - v.ssn;
      at = v.dsn - JoinHmac.firstDsn(key(true)) + into;
    } else if (!fresh) {
      return;
    }
    long skip = written - at;
    if (skip >= 0 && skip < v.payloadLength) {
      int count = (int) (v.payloadLength - skip);
      byte[] bytes = v.memory.asSlice(v.payloadOffset + skip, count).toArray(ValueLayout.JAVA_BYTE);
      written += connection().write(MemorySegment.ofArray(bytes), 0, count);
      connection().wrote(nowNs);
    }
  }

  private LiveFlow flowOf(PacketView v) {
    return flow(new Endpoint(v.source(), v.srcPort), new Endpoint(v.destination(), v.dstPort));
  }

  private LiveFlow flow(Endpoint local, Endpoint remote) {
    for (LiveFlow f : flows) {
      if (f.capturedLocal.equals(local) && f.remote.equals(remote)) {
        return f;
      }
    }
    LiveFlow f = new LiveFlow(local, remote);
    flows.add(f);
    return f;
  }

  // ---- the peer ----

  private void deliver(Captured.Packet p) {
    PacketView v = p.view();
    LiveFlow flow = flow(p.destination(), p.source());
    boolean opens = v.has(PacketView.SYN) && !v.has(PacketView.ACK);
    if (opens) {
      flow.livePort = v.dstPort;
      random.next(capture.serverKey);
      noteRemoteNonce(flow, v);
    } else if (!await(() -> flow.started)) {
      notPlayed++;
      return;
    }
    noteRemoteNonce(flow, v);
    int ack = 0;
    if (v.has(PacketView.ACK)) {
      ack = v.ack - flow.capturedIsn + flow.liveIsn;
      int wanted = ack;
      await(() -> flow.liveNext - wanted >= 0);
      if (v.hasDss && v.dataAckBytes == 8) {
        await(() -> highestDsn - v.dataAck >= 0);
      }
      if (v.ack == flow.capturedMax || ack - flow.liveNext > 0) {
        ack = flow.liveNext;
      }
    }
    receive(rewritten(v, flow, ack));
  }

  private static void noteRemoteNonce(LiveFlow flow, PacketView v) {
    for (MptcpOption o : options(v)) {
      if (o instanceof MptcpOption.MpJoinSyn j) {
        flow.remoteNonce = j.nonce();
      } else if (o instanceof MptcpOption.MpJoinSynAck j) {
        flow.remoteNonce = j.nonce();
      }
    }
  }

  private PacketBuffer rewritten(PacketView v, LiveFlow flow, int ack) {
    PacketBuffer copy = buffers.large();
    int length = Objects.requireNonNull(v.buffer).length();
    MemorySegment.copy(v.memory, PacketBuffer.START, copy.memory(), PacketBuffer.START, length);
    copy.length(length);
    MemorySegment m = copy.memory();
    int tcp = v.transportOffset;
    Bytes.put16(m, tcp + 2, flow.livePort);
    if (v.has(PacketView.ACK)) {
      Bytes.put32(m, tcp + 8, ack);
    }
    int delta = flow.liveIsn - flow.capturedIsn;
    for (int i = tcp + 20; i < v.payloadOffset; ) {
      int kind = Bytes.u8(m, i);
      int size = kind <= 1 ? 1 : Bytes.u8(m, i + 1);
      if (kind == 8 && v.has(PacketView.ACK)) {
        Bytes.put32(m, i + 6, flow.liveTsVal);
      } else if (kind == 5) {
        for (int k = i + 2; k < i + size; k += 4) {
          Bytes.put32(m, k, Bytes.i32(m, k) + delta);
        }
      } else if (kind == 30 && Bytes.u8(m, i + 2) >> 4 == 1) {
        joinHmac(m, i, size, flow);
      }
      i += size;
    }
    fix(v, m);
    return copy;
  }

  /** Puts the HMAC of the live nonces in the place of the captured one. */
  private void joinHmac(MemorySegment m, int at, int size, LiveFlow flow) {
    if (size == 12) {
      return;
    }
    int length = size == 16 ? 8 : 20;
    byte[] captured = m.asSlice(at + 4, length).toArray(ValueLayout.JAVA_BYTE);
    byte[] was = JoinHmac.of(key(false), key(true), flow.remoteNonce, flow.capturedLocalNonce);
    byte[] now = JoinHmac.of(key(false), key(true), flow.remoteNonce, flow.liveLocalNonce);
    boolean right = JoinHmac.begins(was, captured);
    for (int k = 0; k < length; k++) {
      Bytes.put8(m, at + 4 + k, right ? now[k] : ~now[k]);
    }
  }

  private static void fix(PacketView v, MemorySegment m) {
    Bytes.put16(m, v.transportOffset + 16, 0);
    long sum =
        Checksum.pseudoHeader(
            v.v6, v.srcHigh, v.srcLow, v.dstHigh, v.dstLow, PacketView.TCP, v.transportLength);
    sum = Checksum.add(sum, m, v.transportOffset, v.transportLength);
    Bytes.put16(m, v.transportOffset + 16, Checksum.finish(sum));
  }

  private void receive(PacketBuffer packet) {
    meta.clear();
    DropReason reason = stack.receive(packet, meta, nowNs);
    dropped.add(reason);
    packet.release();
    settle();
  }

  /** What became of each packet of the peer. */
  final List<DropReason> dropped = new ArrayList<>();

  /** The third ACK of a plain TCP client, for captures that end at the SYN/ACK. */
  void acknowledgeSynAck() {
    Captured.Packet syn = capture.packets.getFirst();
    PacketView v = syn.view();
    LiveFlow flow = flow(syn.destination(), syn.source());
    PacketBuffer ack = rewritten(v, flow, 0);
    MemorySegment m = ack.memory();
    int tcp = v.transportOffset;
    Bytes.put32(m, tcp + 4, v.seq + 1);
    Bytes.put32(m, tcp + 8, flow.liveNext);
    Bytes.put8(m, tcp + 13, PacketView.ACK);
    for (int i = tcp + 20; i < v.payloadOffset; i++) {
      Bytes.put8(m, i, 1);
    }
    fix(v, m);
    receive(ack);
  }

  // ---- virtual time ----

  private boolean await(java.util.function.BooleanSupplier wanted) {
    long limit = nowNs + PATIENCE_NS;
    long from = nowNs;
    settle();
    while (!wanted.getAsBoolean() && nowNs < limit) {
      runUntil(Math.min(limit, Math.max(nowNs + 1000, stack.nextDeadlineNs())));
    }
    late += nowNs - from;
    return wanted.getAsBoolean();
  }

  private void runUntil(long untilNs) {
    settle();
    long next = stack.nextDeadlineNs();
    while (next <= untilNs) {
      nowNs = Math.max(nowNs + 1, next);
      settle();
      next = stack.nextDeadlineNs();
    }
    nowNs = Math.max(nowNs, untilNs);
    settle();
  }

  private void settle() {
    stack.poll(nowNs, wire);
    stack.news(NEWS);
    if (connection == null && listener != null) {
      connection = listener.accept();
    }
    if (connection != null && reads) {
      byte[] bytes = new byte[65_536];
      MemorySegment target = MemorySegment.ofArray(bytes);
      int n = connection.read(target, 0, bytes.length);
      while (n > 0) {
        got.write(bytes, 0, n);
        connection.didRead(nowNs);
        n = connection.read(target, 0, bytes.length);
      }
      stack.poll(nowNs, wire);
    }
  }

  private static final NewsSink NEWS =
      new NewsSink() {
        @Override
        public void news(Connection connection, int what) {}

        @Override
        public void acceptable(Listener listener) {}
      };

  private boolean carry(OutgoingPacket p) {
    byte[] bytes = new byte[p.totalLength()];
    MemorySegment to = MemorySegment.ofArray(bytes);
    MemorySegment.copy(p.header, 0, to, 0, p.headerLength);
    int at = p.headerLength;
    if (p.payloadLength > 0) {
      MemorySegment.copy(p.payload, p.payloadOffset, to, at, p.payloadLength);
      at += p.payloadLength;
    }
    if (p.wrappedLength > 0) {
      MemorySegment.copy(p.wrapped, p.wrappedOffset, to, at, p.wrappedLength);
    }
    PacketBuffer copy = buffers.large();
    MemorySegment.copy(to, 0, copy.memory(), PacketBuffer.START, bytes.length);
    copy.length(bytes.length);
    PacketView v = new PacketView();
    PacketMeta trusted = new PacketMeta();
    trusted.checksumTrusted = true;
    v.check(copy, trusted);
    sent.add(v);
    noteLive(v);
    return true;
  }

  private void noteLive(PacketView v) {
    LiveFlow flow = liveFlow(v);
    if (flow == null) {
      return;
    }
    flow.note(v);
    if (v.hasDss && v.dsnBytes == 8) {
      sentUpTo(v.dsn + v.dataLength);
    }
    for (MptcpOption o : options(v)) {
      switch (o) {
        case MptcpOption.MpJoinSyn j -> flow.liveLocalNonce = j.nonce();
        case MptcpOption.MpJoinSynAck j -> flow.liveLocalNonce = j.nonce();
        case MptcpOption.MpCapable c when c.dataLength() > 0 ->
            sentUpTo(JoinHmac.firstDsn(key(true)) + c.dataLength());
        default -> {
          // Others move no data.
        }
      }
    }
  }

  private void sentUpTo(long dsn) {
    highestDsn = dsn - highestDsn > 0 ? dsn : highestDsn;
  }

  private @Nullable LiveFlow liveFlow(PacketView v) {
    Endpoint to = new Endpoint(v.destination(), v.dstPort);
    for (LiveFlow f : flows) {
      if (f.livePort == v.srcPort
          && f.remote.equals(to)
          && f.capturedLocal.address().equals(v.source())) {
        return f;
      }
    }
    if (!v.has(PacketView.SYN)) {
      return null;
    }
    // A join by Hawser: it stands for the captured one of the same addresses.
    for (Captured.Packet p : capture.packets) {
      boolean same =
          p.byClient() == (role == Role.CLIENT)
              && p.view().has(PacketView.SYN)
              && p.source().address().equals(v.source())
              && p.destination().equals(to);
      if (same && flow(p.source(), p.destination()).livePort < 0) {
        LiveFlow f = flow(p.source(), p.destination());
        f.livePort = v.srcPort;
        return f;
      }
    }
    return null;
  }

  // ---- questions ----

  static List<MptcpOption> options(PacketView v) {
    List<MptcpOption> all = new ArrayList<>();
    for (int i = 0; i < v.mptcpCount; i++) {
      all.add(v.mptcp(i));
    }
    return all;
  }

  /** All options of one kind that Hawser sent. */
  <T extends MptcpOption> List<T> sentOptions(Class<T> kind) {
    return sent.stream()
        .flatMap(v -> options(v).stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The MP_TCPRST reasons of Hawser's resets, in order; -1 where there was none. */
  List<Integer> resets() {
    return sent.stream()
        .filter(v -> v.has(PacketView.RST))
        .map(v ->
            options(v).stream()
                .filter(MptcpOption.MpTcprst.class::isInstance)
                .map(o -> ((MptcpOption.MpTcprst) o).reason())
                .findFirst()
                .orElse(-1))
        .toList();
  }

  boolean fellBack() {
    return events.stream().anyMatch(Event.FellBack.class::isInstance);
  }

  /** How many of Hawser's packets from the nth on carry a DSS with a DATA_ACK. */
  long dataAcksSince(int index) {
    return sent.stream().skip(index).filter(v -> v.hasDss && v.dataAckBytes > 0).count();
  }

  /** Live subflows beside the first that were established at some time. */
  long joins() {
    return events.stream()
        .filter(e -> e instanceof Event.SubflowEstablished s && s.subflow() != 0)
        .count();
  }

  /** How many of Hawser's packets had all these TCP flags. */
  long sentWith(int flags) {
    return sent.stream().filter(v -> v.has(flags)).count();
  }

  /** Hawser's data acknowledgement: bytes of the peer's stream; its DATA_FIN counts as one. */
  long dataAcked() {
    long first = JoinHmac.firstDsn(key(false));
    long best = -1;
    for (PacketView v : sent) {
      if (v.hasDss && v.dataAckBytes == 8) {
        best = Math.max(best, v.dataAck - first);
      } else if (v.hasDss && v.dataAckBytes == 4) {
        best = Math.max(best, (int) v.dataAck - (int) first);
      }
    }
    return best;
  }

  /** Hawser's packets as text, for messages. */
  String trace() {
    StringBuilder all = new StringBuilder();
    for (PacketView v : sent) {
      all.append(v.source()).append(':').append(v.srcPort).append(" > ").append(v.destination());
      all.append(" flags ").append(Integer.toBinaryString(v.flags));
      all.append(" len ").append(v.payloadLength).append(' ').append(options(v)).append('\n');
    }
    return all.toString();
  }

  @Override
  public void close() {
    stack.abortAll(nowNs);
  }
}
