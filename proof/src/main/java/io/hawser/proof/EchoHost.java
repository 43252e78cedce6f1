package io.hawser.proof;

import io.hawser.core.Listener;
import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.wire.Endpoint;
import io.hawser.wire.MptcpOption;
import io.hawser.wire.PacketView;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stack with a service on port 80 that sends back what it reads, and one live client that nothing
 * may disturb.
 */
public final class EchoHost implements AutoCloseable {
  /** Where the service is. */
  public static final Endpoint SERVICE = new Endpoint(LoneStack.HERE, 80);

  private static final int READ_BYTES = 65_536;
  private static final int PING_BYTES = 100;

  private final LoneStack world;
  private final Listener listener;
  private final Puppet live;
  private final MemorySegment scratch = MemorySegment.ofArray(new byte[READ_BYTES]);
  private Consumer<PacketView> others = v -> {};
  private @Nullable Connection connection;
  private long bytesRead;
  private long dataSent;
  private boolean echoes = true;

  /** The live client is connected. */
  public EchoHost(boolean multipath, ConnectionConfig settings) {
    world = new LoneStack(5);
    world.stack().endpoints().limits(4, 4);
    listener = world.listen(SERVICE.port(), 4096, settings.withMultipath(multipath));
    live = new Puppet(world, new Endpoint(LoneStack.THERE, 4000), SERVICE);
    if (multipath) {
      live.multipath();
    }
    world.heard(v -> {
      live.hear(v);
      others.accept(v);
    });
    world.told(this::news);
    live.open();
    connection = listener.accept();
    ping();
  }

  public LoneStack world() {
    return world;
  }

  public Listener listener() {
    return listener;
  }

  /** The live client. */
  public Puppet live() {
    return live;
  }

  /** The live client's connection, as the service has it. */
  public Connection connection() {
    Connection c = connection;
    if (c == null) {
      throw new ProofException("the live client has no connection");
    }
    return c;
  }

  /** Who else sees what leaves. */
  public void others(Consumer<PacketView> next) {
    others = next;
  }

  /** Whether the service reads and answers. */
  public void echoes(boolean on) {
    echoes = on;
  }

  private void news(Connection c) {
    if (!echoes) {
      return;
    }
    for (int n = c.read(scratch, 0, READ_BYTES); n > 0; n = c.read(scratch, 0, READ_BYTES)) {
      if (c == connection) {
        bytesRead += n;
      }
      c.didRead(world.nowNs());
      if (c.write(scratch, 0, n) > 0) {
        c.wrote(world.nowNs());
      }
    }
    if (c.atEnd()) {
      c.close(world.nowNs());
    }
  }

  /** The live client asks and gets its answer, or the proof fails. */
  public void ping() {
    long before = live.bytesHeard();
    long readBefore = bytesRead;
    Segment question = live.segment().flags(PacketView.ACK | PacketView.PSH);
    if (live.peerKey() != 0) {
      question.mptcp(dss(PING_BYTES));
    }
    world.feed(question.payload(new byte[PING_BYTES]));
    live.sendNext(live.sendNext() + PING_BYTES);
    dataSent += PING_BYTES;
    world.settle();
    Connection accepted = connection;
    if (accepted == null) {
      accepted = listener.accept();
      connection = accepted;
    }
    if (accepted != null) {
      news(accepted);
    }
    world.settle();
    Segment thanks = live.segment();
    if (live.peerKey() != 0) {
      thanks.mptcp(dss(0));
    }
    world.feed(thanks);
    world.settle();
    boolean answered = live.bytesHeard() == before + PING_BYTES;
    if (live.isReset() || !answered || bytesRead != readBefore + PING_BYTES) {
      throw new ProofException(
          "the live client got "
              + (live.bytesHeard() - before)
              + " bytes for its "
              + PING_BYTES
              + (live.isReset() ? ", and a reset" : ""));
    }
  }

  /** The live client's data-level option for so many bytes at its place. */
  private MptcpOption.Dss dss(int bytes) {
    long ack = Keys.idsn(live.peerKey()) + 1 + (live.receiveNext() - live.peerIss() - 1);
    long dsn = Keys.idsn(Puppet.KEY) + 1 + dataSent;
    int ssn = live.sendNext() - Puppet.ISS;
    return bytes == 0
        ? new MptcpOption.Dss(false, 8, ack, 0, 0, 0, 0, -1)
        : new MptcpOption.Dss(false, 8, ack, 8, dsn, ssn, bytes, -1);
  }

  /** Native memory that the stack's pools ever took. */
  public long poolBytes() {
    return world.buffers().allocatedBytes() + world.chunks().allocatedBytes();
  }

  /** Nothing may be left, then the memory goes. */
  public void end() {
    world.checkNothingLeft();
  }

  @Override
  public void close() {
    world.close();
  }
}
