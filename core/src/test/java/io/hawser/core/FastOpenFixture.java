package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What tests of Fast Open share: two stacks, and what was on the wire between them. */
abstract class FastOpenFixture {
  static final long SECOND = 1_000_000_000L;
  static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes();
  static final byte[] REPLY = "HTTP/1.0 200 OK\r\n\r\n".getBytes();

  /** What a packet was, after it left. */
  record Seen(
      boolean toServer,
      int flags,
      int length,
      byte @Nullable [] cookie,
      int ack,
      int seq,
      PacketView view,
      long atNs) {
    boolean is(int wanted) {
      return (flags & ~PacketView.PSH) == wanted;
    }
  }

  final List<Seen> seen = new ArrayList<>();
  Predicate<Seen> passes = s -> true;

  TwoStacks world(long seed) {
    TwoStacks w = new TwoStacks(seed);
    // One write takes all that a test has to say.
    w.configA.tcp.firstSendBytes = 1 << 20;
    w.configB.tcp.firstSendBytes = 1 << 20;
    w.filter =
        p -> {
          Seen one = look(p, w);
          seen.add(one);
          return passes.test(one);
        };
    return w;
  }

  static Seen look(PacketBuffer p, TwoStacks w) {
    PacketBuffer copy = w.buffers.large();
    MemorySegment.copy(
        p.memory(), PacketBuffer.START, copy.memory(), PacketBuffer.START, p.length());
    copy.length(p.length());
    PacketView v = new PacketView();
    PacketMeta trusted = new PacketMeta();
    trusted.checksumTrusted = true;
    v.check(copy, trusted);
    return new Seen(
        v.destination().equals(TwoStacks.B1),
        v.flags,
        v.payloadLength,
        v.fastOpenOffset < 0 ? null : v.fastOpenCookie(),
        v.ack,
        v.seq,
        v,
        w.nowNs);
  }

  static ConnectionConfig config(boolean multipath) {
    return ConnectionConfig.multipathDefaults().withMultipath(multipath).withFastOpen(true);
  }

  static Listener listen(TwoStacks w, ConnectionConfig config) {
    return w.b.listen(new Endpoint(IpAddress.ANY4, 80), 64, config);
  }

  static void write(TwoStacks w, Connection c, byte[] bytes) {
    assertThat(c.write(MemorySegment.ofArray(bytes), 0, bytes.length)).isEqualTo(bytes.length);
    c.wrote(w.nowNs);
  }

  static byte[] read(TwoStacks w, Connection c) {
    byte[] into = new byte[100_000];
    int count = c.read(MemorySegment.ofArray(into), 0, into.length);
    c.didRead(w.nowNs);
    return Arrays.copyOf(into, Math.max(0, count));
  }

  List<Seen> syns() {
    return seen.stream().filter(s -> s.is(PacketView.SYN)).toList();
  }

  List<Seen> synAcks() {
    return seen.stream().filter(s -> s.is(PacketView.SYN | PacketView.ACK)).toList();
  }

  /** A connection that brings a cookie home, and ends. */
  void fetchCookie(TwoStacks w, Listener listener, boolean multipath) {
    Connection a = w.connect(80, config(multipath));
    w.run(SECOND);
    assertThat(a.phase()).isEqualTo(Connection.Phase.OPEN);
    Connection b = Objects.requireNonNull(w.accept(listener));
    a.abort(w.nowNs);
    a.close(w.nowNs);
    w.run(SECOND);
    b.close(w.nowNs);
    w.run(SECOND);
    assertThat(syns()).hasSize(1);
    assertThat(syns().getFirst().cookie()).as("a request").isEmpty();
    assertThat(synAcks().getFirst().cookie()).as("a cookie").hasSize(8);
    seen.clear();
  }

  static Connection connect(TwoStacks w, boolean multipath, byte[] first) {
    Connection a = w.connect(80, config(multipath));
    write(w, a, first);
    return a;
  }

  static void bothWays(TwoStacks w, Connection a, Connection b) {
    byte[] more = new byte[50_000];
    Arrays.fill(more, (byte) 7);
    write(w, a, more);
    write(w, b, more);
    w.run(2 * SECOND);
    assertThat(Arrays.equals(read(w, b), more)).as("to the server").isTrue();
    assertThat(Arrays.equals(read(w, a), more)).as("to the client").isTrue();
  }

  static void end(TwoStacks w, Connection a, Connection b) {
    a.shutdownOutput(w.nowNs);
    b.shutdownOutput(w.nowNs);
    w.run(5 * SECOND);
    assertThat(a.peerFinished()).isTrue();
    assertThat(b.peerFinished()).isTrue();
    a.close(w.nowNs);
    b.close(w.nowNs);
    w.run(200 * SECOND);
    assertThat(w.a.connections()).isEmpty();
    assertThat(w.b.connections()).isEmpty();
  }

  static void again(TwoStacks w, PacketBuffer packet) {
    PacketMeta trusted = new PacketMeta();
    trusted.checksumTrusted = true;
    w.b.receive(packet, trusted, w.nowNs);
  }
}
