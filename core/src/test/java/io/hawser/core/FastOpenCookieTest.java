package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.tcp.FastOpenCache;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import io.hawser.wire.PacketBuffer;
import io.hawser.wire.PacketView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whom Fast Open trusts (RFC 7413 sections 4.1, 4.2 and 5): cookies, limits, SYNs that come twice.
 */
class FastOpenCookieTest extends FastOpenFixture {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void secretChanged_oldCookieHoldsOncePlusANewOne_thenIsRefusedAndReplaced(boolean multipath) {
    try (TwoStacks w = world(9)) {
      w.configB.fastOpenKeyLifeNs = 1000 * SECOND;
      Listener listener = listen(w, config(multipath));
      fetchCookie(w, listener, multipath);
      w.run(1100 * SECOND);
      connect(w, multipath, REQUEST);
      w.run(SECOND);
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
      assertThat(synAcks().getFirst().ack())
          .isEqualTo(syns().getFirst().seq() + 1 + REQUEST.length);
      assertThat(synAcks().getFirst().cookie()).hasSize(8).isNotEqualTo(syns().getFirst().cookie());
      byte[] second = Objects.requireNonNull(synAcks().getFirst().cookie());
      w.run(2100 * SECOND);
      seen.clear();
      Connection a = connect(w, multipath, REQUEST);
      w.run(SECOND);
      assertThat(syns().getFirst().cookie()).isEqualTo(second);
      assertThat(synAcks().getFirst().ack()).isEqualTo(syns().getFirst().seq() + 1);
      assertThat(synAcks().getFirst().cookie()).hasSize(8).isNotEqualTo(second);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(read(w, b)).as("sent again after the handshake").isEqualTo(REQUEST);
      bothWays(w, a, b);
      seen.clear();
      connect(w, multipath, REQUEST);
      w.run(SECOND);
      assertThat(synAcks().getFirst().ack())
          .isEqualTo(syns().getFirst().seq() + 1 + REQUEST.length);
    }
  }

  @Test
  void fixedKey_cookieHoldsForEver() {
    try (TwoStacks w = world(10)) {
      w.configB.fastOpenKey = new byte[16];
      for (int i = 0; i < 16; i++) {
        w.configB.fastOpenKey[i] = (byte) i;
      }
      fetchCookie(w, listen(w, config(false)), false);
      byte[] first = w.a.fastOpenCookies().cookie(TwoStacks.A1, TwoStacks.B1);
      w.run(10_000 * SECOND);
      Connection a = connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(syns().getFirst().cookie()).isEqualTo(first);
      assertThat(synAcks().getFirst().ack())
          .isEqualTo(syns().getFirst().seq() + 1 + REQUEST.length);
      a.abort(w.nowNs);
    }
  }

  /** RFC 7413 section 4.1.2: a cookie authenticates the address it was given to. */
  @Test
  void cookieOfAnotherAddress_isRefused() {
    try (TwoStacks w = world(11)) {
      Listener listener = listen(w, config(false));
      fetchCookie(w, listener, false);
      byte[] stolen =
          Objects.requireNonNull(w.a.fastOpenCookies().cookie(TwoStacks.A1, TwoStacks.B1));
      IpAddress thief = IpAddress.parse("10.3.0.9");
      assertThat(ForgedSyn.send(w, thief, 4000, stolen, REQUEST)).isTrue();
      w.run(SECOND / 10);
      assertThat(w.accept(listener)).isNull();
      Seen answer = synAcks().getLast();
      assertThat(answer.ack()).isEqualTo(ForgedSyn.SEQUENCE + 1);
      assertThat(answer.cookie()).hasSize(8).isNotEqualTo(stolen);
      assertThat(ForgedSyn.send(w, TwoStacks.A1, 4001, stolen, REQUEST)).isTrue();
      w.run(SECOND / 10);
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
      for (int length : new int[] {4, 6, 10, 16}) {
        assertThat(
                ForgedSyn.send(
                    w, TwoStacks.A1, 4002 + length, Arrays.copyOf(stolen, length), REQUEST))
            .isTrue();
        w.run(SECOND / 10);
        assertThat(synAcks().getLast().ack()).isEqualTo(ForgedSyn.SEQUENCE + 1);
      }
      assertThat(w.accept(listener)).isNull();
    }
  }

  /**
   * RFC 7413 section 9: kind 254 with 0xF989, which Linux's clients try if kind 34 got no answer.
   */
  @Test
  void askedInTheExperimentalForm_isAnsweredInIt() {
    try (TwoStacks w = world(21)) {
      Listener listener = listen(w, config(false));
      ForgedSyn.experimental(w, TwoStacks.A1, 4000, new byte[0], new byte[0]);
      w.run(SECOND / 10);
      PacketView answer = synAcks().getFirst().view();
      assertThat(answer.fastOpenExperimental).isTrue();
      assertThat(answer.fastOpenLength).isEqualTo(8);
      ForgedSyn.experimental(w, TwoStacks.A1, 4001, answer.fastOpenCookie(), REQUEST);
      w.run(SECOND / 10);
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
    }
  }

  /** RFC 7413 sections 4.2 and 5.1. */
  @Test
  void tooManyPending_areOpenedAsWithout_resetsCountForAMinute() {
    try (TwoStacks w = world(12)) {
      w.configB.maxFastOpens = 3;
      Listener listener = listen(w, config(false));
      fetchCookie(w, listener, false);
      byte[] cookie =
          Objects.requireNonNull(w.a.fastOpenCookies().cookie(TwoStacks.A1, TwoStacks.B1));
      passes = s -> s.toServer();
      for (int i = 0; i < 5; i++) {
        ForgedSyn.send(w, TwoStacks.A1, 5000 + i, cookie, REQUEST);
      }
      w.run(SECOND / 10);
      int accepted = 0;
      for (Connection b = w.accept(listener); b != null; b = w.accept(listener)) {
        assertThat(read(w, b)).isEqualTo(REQUEST);
        accepted++;
      }
      assertThat(accepted).isEqualTo(3);
      assertThat(synAcks().stream().filter(s -> s.ack() == ForgedSyn.SEQUENCE + 1))
          .as("only the SYN")
          .hasSize(2)
          .allMatch(s -> s.cookie() == null);
      for (int i = 0; i < 3; i++) {
        ForgedSyn.reset(w, TwoStacks.A1, 5000 + i, 1 + REQUEST.length);
      }
      w.run(SECOND);
      passes = s -> true;
      seen.clear();
      Connection a = connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(synAcks().getFirst().ack()).isEqualTo(syns().getFirst().seq() + 1);
      assertThat(read(w, Objects.requireNonNull(w.accept(listener)))).isEqualTo(REQUEST);
      a.abort(w.nowNs);
      a.close(w.nowNs);
      w.run(180 * SECOND);
      seen.clear();
      connect(w, false, REQUEST);
      w.run(SECOND);
      connect(w, false, REQUEST);
      w.run(SECOND);
      assertThat(synAcks().getLast().ack())
          .as("after a minute there is room again")
          .isEqualTo(syns().getLast().seq() + 1 + REQUEST.length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void synTwice_isOneConnection(boolean multipath) {
    try (TwoStacks w = world(13)) {
      Listener listener = listen(w, config(multipath));
      fetchCookie(w, listener, multipath);
      List<PacketBuffer> copies = new ArrayList<>();
      passes =
          s -> {
            if (s.is(PacketView.SYN)) {
              copies.add(Objects.requireNonNull(s.view().buffer));
            }
            return true;
          };
      Connection a = connect(w, multipath, REQUEST);
      w.run(w.delayNs + 1);
      again(w, copies.getFirst());
      w.run(SECOND);
      again(w, copies.getFirst());
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      assertThat(w.accept(listener)).isNull();
      assertThat(read(w, b)).isEqualTo(REQUEST);
      bothWays(w, a, b);
      end(w, a, b);
    }
  }

  @Test
  void serverDoesNotTakeData_twiceTheSynIsAnsweredTwice() {
    try (TwoStacks w = world(14)) {
      Listener listener = listen(w, config(false));
      fetchCookie(w, listener, false);
      w.configB.maxFastOpens = 0;
      passes = s -> !s.is(PacketView.SYN | PacketView.ACK);
      connect(w, false, REQUEST);
      w.run(SECOND / 10);
      again(w, Objects.requireNonNull(syns().getFirst().view().buffer));
      w.run(SECOND / 10);
      assertThat(synAcks()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handshakeIsReset_applicationHearsOfIt(boolean multipath) {
    try (TwoStacks w = world(18)) {
      Listener listener = listen(w, config(multipath));
      fetchCookie(w, listener, multipath);
      passes = s -> s.toServer();
      Connection a = connect(w, multipath, REQUEST);
      w.run(w.delayNs + 1);
      Connection b = Objects.requireNonNull(w.accept(listener));
      ForgedSyn.reset(
          w,
          a.local().address(),
          a.local().port(),
          syns().getFirst().seq() - ForgedSyn.SEQUENCE + 1 + REQUEST.length);
      w.run(w.delayNs);
      assertThat(read(w, b)).isEqualTo(REQUEST);
      assertThat(b.phase()).isEqualTo(Connection.Phase.CLOSED);
      assertThat(b.failure()).isNotEqualTo(Connection.Failure.NONE);
      b.close(w.nowNs);
      a.abort(w.nowNs);
      a.close(w.nowNs);
      w.run(SECOND);
      assertThat(w.b.connections()).isEmpty();
    }
  }

  @Test
  void nobodyEverAnswers_endsAndLeavesNothing() {
    try (TwoStacks w = world(19)) {
      Listener listener = listen(w, config(true));
      fetchCookie(w, listener, true);
      passes = s -> s.toServer() && s.is(PacketView.SYN);
      Connection a = connect(w, true, REQUEST);
      w.run(SECOND);
      Connection b = Objects.requireNonNull(w.accept(listener));
      w.run(300 * SECOND);
      assertThat(a.failure()).isEqualTo(Connection.Failure.TIMED_OUT);
      assertThat(b.failure()).isEqualTo(Connection.Failure.TIMED_OUT);
      b.close(w.nowNs);
      a.close(w.nowNs);
      w.run(SECOND);
      assertThat(w.b.connections()).isEmpty();
      assertThat(w.a.connections()).isEmpty();
    }
  }

  @Test
  void cache_isBounded() {
    try (TwoStacks w = world(20)) {
      Listener listener = listen(w, config(false));
      for (int i = 0; i < FastOpenCache.MOST + 50; i++) {
        IpAddress local = IpAddress.v4(0x0a05_0000 + i);
        w.a.addAddress(local, w.nowNs);
        Connection a =
            w.a.connect(
                new Endpoint(local, 0), new Endpoint(TwoStacks.B1, 80), config(false), w.nowNs);
        w.run(w.delayNs * 4);
        Objects.requireNonNull(w.accept(listener)).abort(w.nowNs);
        a.abort(w.nowNs);
        a.close(w.nowNs);
        w.a.removeAddress(local, w.nowNs);
      }
      assertThat(w.a.fastOpenCookies().size()).isEqualTo(FastOpenCache.MOST);
      assertThat(w.a.fastOpenCookies().cookie(IpAddress.v4(0x0a05_0000), TwoStacks.B1)).isNull();
      assertThat(w.a.fastOpenCookies().cookie(IpAddress.v4(0x0a05_0000 + 60), TwoStacks.B1))
          .hasSize(8);
    }
  }
}
