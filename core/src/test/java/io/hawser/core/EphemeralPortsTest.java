package io.hawser.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.buffer.ChunkPool;
import io.hawser.event.EventSink;
import io.hawser.wire.BufferPool;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Local ports are drawn at random from Linux's range (RFC 6056 section 3.3.1). */
class EphemeralPortsTest {
  @Test
  void connects_portsAreRandomWithinTheRangeAndDistinct() {
    try (BufferPool buffers = new BufferPool();
        ChunkPool chunks = new ChunkPool()) {
      Stack stack = new Stack(new StackConfig(), buffers, chunks, new Random(7), EventSink.NONE);
      stack.addAddress(IpAddress.parse("10.0.0.1"), 0);
      Endpoint any = new Endpoint(IpAddress.ANY4, 0);
      Endpoint there = new Endpoint(IpAddress.parse("10.0.0.2"), 80);
      Set<Integer> ports = new HashSet<>();
      int steps = 0;
      int before = 0;
      for (int i = 0; i < 500; i++) {
        Connection c = stack.connect(any, there, ConnectionConfig.tcpDefaults(), 0);
        int port = c.local().port();
        assertThat(port).isBetween(32_768, 60_999);
        ports.add(port);
        steps += Math.abs(port - before) < 64 ? 1 : 0;
        before = port;
      }
      assertThat(ports).hasSize(500);
      assertThat(steps).as("successors near by").isLessThan(20);
      stack.abortAll(0);
      stack.poll(0, p -> true);
    }
  }
}
