package io.hawser.proof.fuzz;

import io.hawser.core.Listener;
import io.hawser.core.api.Buffers;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.sched.Schedulers;
import io.hawser.core.tcp.FastOpenCookies;
import io.hawser.proof.Keys;
import io.hawser.proof.LoneStack;
import io.hawser.proof.ProofException;
import io.hawser.proof.Puppet;
import io.hawser.proof.Segment;
import io.hawser.wire.Endpoint;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A connection is brought into one of TCP's states; then come segments, calls of the application
 * and time as the fuzzer says. Nothing may throw, spin, grow or stay behind.
 */
public final class StatesFuzz {
  private static final long MS = 1_000_000;
  private static final int BUFFER_BYTES = 128 << 10;
  private static final int MOST_STEPS = 150;
  private static final long MOST_POOL_BYTES = 24L << 20;
  private static final byte[] KEY = new byte[16];
  private static final int FAST_OPEN = 34;

  /** How the connection begins. */
  enum State {
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT
  }

  private final Input in;
  private final LoneStack world = new LoneStack(7);
  private final Puppet first;
  private final Puppet second;
  private final boolean multipath;
  private final boolean fastOpen;
  private @Nullable Connection connection;
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[1 << 16]);
  private long dataSent;

  private StatesFuzz(Input in) {
    this.in = in;
    int choice = in.u8();
    multipath = (choice & 1) != 0;
    world.config().mptcpChecksum = (choice & 2) != 0;
    world.config().superSegmentBytes = (choice & 4) != 0 ? 60_000 : 0;
    fastOpen = (choice & 0x18) == 0x18;
    world.config().fastOpenKey = KEY;
    world.config().maxFastOpens = (choice & 0x60) == 0x60 ? 1 : 256;
    Endpoint here = new Endpoint(LoneStack.HERE, 80);
    first = new Puppet(world, new Endpoint(LoneStack.THERE, 5000), here);
    second = new Puppet(world, new Endpoint(LoneStack.THERE, 5001), here);
    if (multipath) {
      first.multipath();
    }
    world.heard(v -> {
      first.hear(v);
      second.hear(v);
    });
    world.stack().endpoints().limits(4, 4);
  }

  /** One input of Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    StatesFuzz run = new StatesFuzz(new Input(data));
    try (LoneStack stack = run.world) {
      run.play();
      stack.pass(300_000 * MS);
      if (stack.buffers().allocatedBytes() + stack.chunks().allocatedBytes() > MOST_POOL_BYTES) {
        throw new ProofException("grew to " + stack.buffers().allocatedBytes() + " bytes");
      }
      Connection ours = run.connection;
      if (ours != null) {
        // What has come and was not read is the application's until it closes.
        ours.abort(stack.nowNs());
      }
      stack.checkNothingLeft();
    }
  }

  private void play() {
    State state = State.values()[in.u8() % State.values().length];
    begin(state);
    for (int step = 0; step < MOST_STEPS && !in.isEmpty(); step++) {
      switch (in.u8() % 12) {
        case 0, 1, 2, 3, 4, 5 -> segment(first);
        case 6 -> segment(second);
        case 7 -> join();
        case 8 -> world.pass((long) in.u8() << (in.u8() % 10) << 18);
        case 9 -> write(1 + in.u16());
        case 10 -> read(1 + in.u16());
        default -> command();
      }
      if (in.bit()) {
        world.settle();
      }
    }
  }

  private void begin(State state) {
    ConnectionConfig config =
        ConnectionConfig.multipathDefaults()
            .withMultipath(multipath)
            .withBuffers(BUFFER_BYTES, BUFFER_BYTES)
            .withFastOpen(fastOpen);
    if (state == State.SYN_SENT) {
      if (fastOpen && in.bit()) {
        world
            .stack()
            .fastOpenCookies()
            .learn(LoneStack.HERE, first.self(), in.bytes(1 + in.u8() % 16), in.u16());
      }
      connection =
          world
              .stack()
              .connect(new Endpoint(LoneStack.HERE, 80), first.self(), config, world.nowNs());
      if (fastOpen) {
        write(1 + in.u16());
      }
      world.settle();
      return;
    }
    Listener listener = world.listen(80, 8, config);
    if (state == State.LISTEN) {
      return;
    }
    world.feed(fastOpen ? synWithData() : first.syn());
    world.settle();
    if (fastOpen) {
      // What its SYN brought and was taken is acknowledged.
      first.sendNext(first.peerAcked());
      connection = listener.accept();
    }
    if (state == State.SYN_RECEIVED) {
      return;
    }
    world.feed(first.third());
    world.settle();
    Connection c = connection == null ? listener.accept() : connection;
    connection = c;
    if (c == null) {
      throw new ProofException("the handshake made no connection");
    }
    if (in.bit()) {
      write(1 + in.u16());
      world.settle();
    }
    bring(c, state);
  }

  private Segment synWithData() {
    Segment syn = first.syn();
    fastOpenOption(syn);
    return syn.payload(new byte[in.u16() % 1400]);
  }

  /** The cookie that the stack gives this peer, one that it does not, or a request. */
  private void fastOpenOption(Segment s) {
    FastOpenCookies cookies = new FastOpenCookies(new SplittableRandom(1));
    byte[] cookie =
        switch (in.u8() % 4) {
          case 0 -> new byte[0];
          case 1 -> in.bytes(in.u8() % 18);
          default ->
              cookies.cookie(
                  LoneStack.THERE,
                  LoneStack.HERE,
                  new FastOpenCookies.Secret(KEY, Long.MAX_VALUE),
                  world.nowNs());
        };
    byte[] option = new byte[2 + cookie.length];
    option[0] = FAST_OPEN;
    option[1] = (byte) option.length;
    System.arraycopy(cookie, 0, option, 2, cookie.length);
    s.raw(option);
  }

  private void bring(Connection c, State state) {
    switch (state) {
      case FIN_WAIT_1 -> shutdown(c);
      case FIN_WAIT_2 -> {
        shutdown(c);
        world.feed(first.segment());
      }
      case CLOSE_WAIT -> fin();
      case CLOSING -> {
        int before = first.receiveNext();
        shutdown(c);
        world.feed(first.acking(before).flags(PacketView.FIN | PacketView.ACK));
        first.sendNext(first.sendNext() + 1);
      }
      case LAST_ACK -> {
        fin();
        world.settle();
        shutdown(c);
      }
      case TIME_WAIT -> {
        shutdown(c);
        world.feed(first.segment());
        fin();
      }
      default -> {
        // It stays as it is.
      }
    }
    world.settle();
  }

  private void shutdown(Connection c) {
    c.shutdownOutput(world.nowNs());
    world.settle();
  }

  private void fin() {
    world.feed(first.segment().flags(PacketView.FIN | PacketView.ACK));
    first.sendNext(first.sendNext() + 1);
  }

  private void segment(Puppet who) {
    int flags = in.u8();
    boolean plain = (flags & 0x40) == 0;
    Segment s =
        new Segment(who.self(), who.peer())
            .flags(plain ? PacketView.ACK | (flags & PacketView.FIN) : flags ^ 0x40)
            .seq(in.near(who.sendNext()))
            .ack(in.near(who.receiveNext()))
            .window(in.bit() ? in.u16() : 0xffff);
    int length =
        switch (in.u8() % 4) {
          case 0 -> 0;
          case 1 -> in.u8();
          case 2 -> in.u16() % 1400;
          default -> 1000;
        };
    for (int n = in.u8() % 4; n > 0; n--) {
      option(s, who, length);
    }
    if (fastOpen && in.bit()) {
      fastOpenOption(s);
    }
    if (multipath && in.bit()) {
      s.mptcp(dss(who, length, false));
    }
    world.feed(s.payload(new byte[length]));
    if (in.bit()) {
      who.sendNext(who.sendNext() + length);
      dataSent += length;
    }
  }

  private void option(Segment s, Puppet who, int length) {
    switch (in.u8() % 12) {
      case 0 -> s.mss(in.u16());
      case 1 -> s.windowScale(in.u8());
      case 2 -> s.sackPermitted();
      case 3 -> s.sack(in.near(who.receiveNext()), in.near(who.receiveNext()));
      case 4 -> s.timestamps(in.i32(), in.i32());
      case 5 -> s.raw(in.bytes(1 + in.u8() % 40));
      case 6, 7 -> s.mptcp(dss(who, length, true));
      default -> s.mptcp(mptcp());
    }
  }

  private MptcpOption.Dss dss(Puppet who, int length, boolean any) {
    long theirs = Keys.idsn(first.peerKey()) + 1;
    long ours = Keys.idsn(Puppet.KEY) + 1;
    int shape = any ? in.u8() : 0xf;
    int ackBytes = (shape & 1) == 0 ? 0 : (shape & 2) == 0 ? 4 : 8;
    int dsnBytes = (shape & 4) == 0 || length == 0 ? 0 : (shape & 8) == 0 ? 4 : 8;
    return new MptcpOption.Dss(
        (shape & 16) != 0,
        ackBytes,
        any ? in.near(theirs) : theirs,
        dsnBytes,
        any ? in.near(ours + dataSent) : ours + dataSent,
        any ? in.near(who.sendNext() - Puppet.ISS) : who.sendNext() - Puppet.ISS,
        dsnBytes == 0 ? 0 : any ? in.near(length) & 0xffff : length,
        (shape & 32) != 0 && dsnBytes != 0 ? in.u16() : -1);
  }

  private MptcpOption mptcp() {
    long key = first.peerKey();
    return switch (in.u8() % 10) {
      case 0 -> new MptcpOption.MpCapable(in.u8() & 15, in.u8(), 0, 0, 0, -1, -1);
      case 1 -> new MptcpOption.MpCapable(1, in.u8(), 1, in.near(key), 0, -1, -1);
      case 2 -> new MptcpOption.MpCapable(1, 1, 2, in.near(Puppet.KEY), in.near(key), in.u16(), -1);
      case 3 -> new MptcpOption.MpPrio(in.bit());
      case 4 -> new MptcpOption.MpFail(in.near(Keys.idsn(key) + 1));
      case 5 -> new MptcpOption.MpFastclose(in.near(key));
      case 6 -> new MptcpOption.MpTcprst(in.u8() & 15, in.u8());
      case 7 -> new MptcpOption.RemoveAddr(new int[] {in.u8(), in.u8()});
      case 8 -> addAddr(key);
      default -> new MptcpOption.MpJoinAck(proof());
    };
  }

  private MptcpOption.AddAddr addAddr(long key) {
    int id = in.u8();
    int address = LoneStack.THERE.bits4() + (in.u8() & 3);
    int port = in.bit() ? in.u16() : 0;
    long hmac = in.near(Keys.addressProof(Puppet.KEY, key, id, address, port));
    return new MptcpOption.AddAddr(in.bit(), id, io.hawser.wire.IpAddress.v4(address), port, hmac);
  }

  private void join() {
    int token = in.near(Keys.token(first.peerKey()));
    if (in.bit()) {
      second.peer(new Endpoint(LoneStack.HERE2, 80));
    }
    world.feed(
        new Segment(second.self(), second.peer())
            .flags(PacketView.SYN)
            .seq(Puppet.ISS)
            .mss(1000)
            .mptcp(new MptcpOption.MpJoinSyn(in.bit(), in.u8(), token, 77)));
    world.settle();
    second.sendNext(Puppet.ISS + 1);
    if (in.bit()) {
      world.feed(second.segment().mptcp(new MptcpOption.MpJoinAck(proof())));
    }
  }

  private byte[] proof() {
    byte[] proof = Keys.joinProof(Puppet.KEY, first.peerKey(), 77, second.peerNonce());
    if ((in.u8() & 3) == 3) {
      proof[in.u8() % proof.length] ^= (byte) in.u8();
    }
    return proof;
  }

  private void write(int bytes) {
    Connection c = connection;
    if (c != null && c.write(scratch, 0, Math.min(bytes, 1 << 16)) > 0) {
      c.wrote(world.nowNs());
    }
  }

  private void read(int bytes) {
    Connection c = connection;
    if (c != null && c.read(scratch, 0, Math.min(bytes, 1 << 16)) > 0) {
      c.didRead(world.nowNs());
    }
  }

  private void command() {
    Connection c = connection;
    if (c == null) {
      return;
    }
    long now = world.nowNs();
    int value = in.u8();
    switch (in.u8() % 12) {
      case 0 -> c.shutdownOutput(now);
      case 1 -> c.shutdownInput(now);
      case 2 -> c.close(now);
      case 3 -> c.abort(now);
      case 4 -> c.priority(value & 3, (value & 4) != 0, now);
      case 5 -> c.closeSubflow(value & 3, now);
      case 6 -> c.buffers(Buffers.fixed(1 << (value & 15), 1 << (value >> 4)), now);
      case 7 -> c.noDelay((value & 1) != 0, now);
      case 8 -> c.cork((value & 1) != 0, now);
      case 9 -> c.scheduler(Schedulers.NAMES.get(value % Schedulers.NAMES.size()), now);
      case 10 ->
          c.congestionControl(
              CongestionControls.NAMES.get(value % CongestionControls.NAMES.size()), now);
      default -> world.stack().pathWorks(LoneStack.HERE2, (value & 1) != 0, now);
    }
  }
}
