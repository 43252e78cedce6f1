package io.hawser.core.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Buffers;
import io.hawser.wire.BufferPool;
import io.hawser.wire.PacketBuffer;
import org.junit.jupiter.api.Test;

/** What of a peer's data is taken (RFC 8684 sections 3.3.4 and 3.8). */
class DataReceiverTest {
  private static final int CAPACITY = 64 << 10;

  private final BufferPool buffers = new BufferPool();
  private final DataReceiver in = new DataReceiver(Buffers.fixed(CAPACITY, CAPACITY), CAPACITY);

  private void accept(long offset, int length) {
    PacketBuffer buffer = buffers.large();
    in.accept(offset, buffer, PacketBuffer.START, length);
    buffer.release();
  }

  @Test
  void farBeyondTheWindow_isNeitherKeptNorAcknowledged() {
    assertThat(in.windowBytes()).isEqualTo(CAPACITY);
    accept(10L * CAPACITY, 1000);
    assertThat(in.heldBytes()).isZero();
    assertThat(in.hasGap()).isFalse();
    accept(1000, 1000);
    assertThat(in.heldBytes()).isPositive();
    assertThat(in.ackOffset()).isZero();
    in.free();
    assertThat(buffers.lentBuffers()).isZero();
  }

  @Test
  void afterFallBack_whatTcpTookIsTaken() {
    assertThat(in.windowBytes()).isEqualTo(CAPACITY);
    in.goPlain();
    accept(10L * CAPACITY, 1000);
    assertThat(in.heldBytes()).isPositive();
    in.free();
    assertThat(buffers.lentBuffers()).isZero();
  }
}
