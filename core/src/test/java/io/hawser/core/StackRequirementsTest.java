package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Bytes;
import io.hawser.wire.Checksum;
import io.hawser.wire.DropReason;
import io.hawser.wire.Endpoint;
import io.hawser.wire.Headers;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketMeta;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requirements of RFC 9293's appendix B on the whole stack. */
class StackRequirementsTest {
  private static final long SECOND = 1_000_000_000L;

  private static void end(TwoStacks w) {
    w.a.abortAll(w.nowNs);
    w.b.abortAll(w.nowNs);
    w.run(SECOND);
  }

  private static DropReason syn(TwoStacks w, IpAddress from, IpAddress to) {
    PacketBuffer p = w.buffers.small();
    MemorySegment scratch = MemorySegment.ofArray(new byte[64]);
    int ip = Headers.ip(scratch, from, to, PacketView.TCP, 20, 0, 64, 0);
    Headers.tcp(scratch, ip, 1024, 80, 1, 0, 20, PacketView.SYN, 60_000, 0);
    MemorySegment.copy(scratch, 0, p.memory(), PacketBuffer.START, ip + 20);
    p.length(ip + 20);
    PacketMeta meta = new PacketMeta();
    meta.checksumTrusted = true;
    DropReason reason = w.b.receive(p, meta, w.nowNs);
    p.release();
    return reason;
  }

  @ParameterizedTest
  @CsvSource({"224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"})
  void open_toAGroup_isRefused(String group) {
    try (TwoStacks w = new TwoStacks(51)) {
      IpAddress to = IpAddress.parse(group);
      w.a.addAddress(IpAddress.parse("fd00::1"), w.nowNs);
      Connection c =
          w.a.connect(
              new Endpoint(to.v6() ? IpAddress.parse("fd00::1") : TwoStacks.A1, 0),
              new Endpoint(to, 80),
              ConnectionConfig.tcpDefaults(),
              w.nowNs);
      assertThat(c.failure()).isEqualTo(Connection.Failure.ADDRESS_UNAVAILABLE);
      w.run(SECOND);
      assertThat(w.packets).isZero();
    }
  }

  @Test
  void syn_fromOrToAGroup_isDroppedSilently() {
    try (TwoStacks w = new TwoStacks(52)) {
      w.listen(80);
      IpAddress group = IpAddress.parse("224.0.0.5");
      IpAddress all = IpAddress.parse("255.255.255.255");
      IpAddress host = IpAddress.parse("10.1.0.9");
      assertThat(syn(w, group, TwoStacks.B1)).isEqualTo(DropReason.BAD_SOURCE);
      assertThat(syn(w, all, TwoStacks.B1)).isEqualTo(DropReason.BAD_SOURCE);
      assertThat(syn(w, host, group)).isEqualTo(DropReason.NOT_OURS);
      assertThat(syn(w, host, all)).isEqualTo(DropReason.NOT_OURS);
      w.run(SECOND);
      assertThat(w.packets).isZero();
      assertThat(syn(w, host, TwoStacks.B1)).isEqualTo(DropReason.NONE);
      end(w);
    }
  }

  @Test
  void packetsSent_haveChecksumHopLimitAndTrafficClassAsSet() {
    try (TwoStacks w = new TwoStacks(53)) {
      w.configA.tcp.hopLimit = 33;
      w.configA.tcp.trafficClass = 0xb8;
      w.listen(80);
      List<DropReason> checks = new ArrayList<>();
      List<Integer> hops = new ArrayList<>();
      List<Integer> classes = new ArrayList<>();
      w.filter =
          p -> {
            PacketView v = new PacketView();
            checks.add(v.check(p, new PacketMeta()));
            if (v.source().equals(TwoStacks.A1)) {
              hops.add(v.hopLimit);
              classes.add(v.trafficClass);
            }
            return true;
          };
      Connection c = w.connect(80, ConnectionConfig.tcpDefaults());
      w.run(SECOND);
      c.write(MemorySegment.ofArray(new byte[5000]), 0, 5000);
      c.wrote(w.nowNs);
      w.run(SECOND);
      assertThat(checks).hasSizeGreaterThan(6).containsOnly(DropReason.NONE);
      assertThat(hops).isNotEmpty().containsOnly(33);
      assertThat(classes).isNotEmpty().containsOnly(0xb8);
      end(w);
    }
  }

  @Test
  void samePortOnTwoAddresses_twoListenersAndAnswersFromTheAddressAsked() {
    try (TwoStacks w = new TwoStacks(54)) {
      IpAddress second = IpAddress.parse("10.1.0.3");
      w.b.addAddress(second, w.nowNs);
      ConnectionConfig tcp = ConnectionConfig.tcpDefaults();
      Listener one = w.b.listen(new Endpoint(TwoStacks.B1, 80), 5, tcp);
      Listener two = w.b.listen(new Endpoint(second, 80), 5, tcp);
      Connection c = w.a.connect(new Endpoint(TwoStacks.A1, 0), new Endpoint(second, 80), tcp, 0);
      w.run(SECOND);
      assertThat(c.phase()).isEqualTo(Connection.Phase.OPEN);
      assertThat(one.accept()).isNull();
      assertThat(Objects.requireNonNull(two.accept()).local().address()).isEqualTo(second);
      end(w);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4 << 8, 3 << 8, 3 << 8 | 1, 3 << 8 | 3, 3 << 8 | 5, 11 << 8, 12 << 8})
  void icmpAboutALiveConnection_doesNotEndIt(int typeAndCode) {
    try (TwoStacks w = new TwoStacks(55)) {
      w.listen(80);
      Connection c = w.connect(80, ConnectionConfig.tcpDefaults());
      w.run(SECOND);
      byte[][] last = new byte[1][];
      w.filter =
          p -> {
            PacketView v = new PacketView();
            v.check(p, new PacketMeta());
            if (v.payloadLength > 0) {
              last[0] = new byte[28];
              MemorySegment.copy(
                  p.memory(), PacketBuffer.START, MemorySegment.ofArray(last[0]), 0, 28);
            }
            return v.payloadLength == 0;
          };
      c.write(MemorySegment.ofArray(new byte[500]), 0, 500);
      c.wrote(w.nowNs);
      w.run(SECOND / 10);
      MemorySegment m = MemorySegment.ofArray(new byte[128]);
      int ip = Headers.ip(m, TwoStacks.B1, TwoStacks.A1, PacketView.ICMP, 36, 0, 64, 0);
      Bytes.put16(m, ip, typeAndCode);
      MemorySegment.copy(MemorySegment.ofArray(last[0]), 0, m, ip + 8, 28);
      Bytes.put16(m, ip + 2, Checksum.finish(Checksum.add(0, m, ip, 36)));
      PacketBuffer p = w.buffers.small();
      MemorySegment.copy(m, 0, p.memory(), PacketBuffer.START, ip + 36);
      p.length(ip + 36);
      assertThat(w.a.receive(p, new PacketMeta(), w.nowNs)).isEqualTo(DropReason.NONE);
      p.release();
      w.filter = q -> true;
      w.run(5 * SECOND);
      assertThat(c.phase()).isEqualTo(Connection.Phase.OPEN);
      assertThat(c.stats().multipath()).isFalse();
      end(w);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void applicationReadsALittle_thePeerIsNotTold(boolean multipath) {
    try (TwoStacks w = new TwoStacks(56)) {
      ConnectionConfig small = ConnectionConfig.multipathDefaults().withBuffers(1 << 20, 1 << 18);
      Listener listener = w.b.listen(new Endpoint(IpAddress.ANY4, 80), 5, small);
      Connection a = w.connect(80, ConnectionConfig.multipathDefaults().withMultipath(multipath));
      w.run(SECOND / 10);
      Connection b = Objects.requireNonNull(listener.accept());
      MemorySegment some = MemorySegment.ofArray(new byte[1 << 20]);
      a.write(some, 0, 1 << 20);
      a.wrote(w.nowNs);
      w.run(SECOND);
      long[] told = new long[1];
      w.filter =
          p -> {
            PacketView v = new PacketView();
            v.check(p, new PacketMeta());
            told[0] += v.source().equals(TwoStacks.B1) ? 1 : 0;
            return true;
          };
      for (int i = 0; i < 10; i++) {
        assertThat(b.read(some, 0, 100)).isEqualTo(100);
        b.didRead(w.nowNs);
        w.run(100_000);
      }
      assertThat(told[0]).isZero();
      b.read(some, 0, 1 << 20);
      b.didRead(w.nowNs);
      w.run(100_000);
      assertThat(told[0]).isPositive();
      end(w);
    }
  }
}
