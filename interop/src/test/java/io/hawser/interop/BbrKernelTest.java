package io.hawser.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.linux.KernelSocket;
import io.hawser.linux.NeedsNetworkNamespaces;
import io.hawser.socket.HawserSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/**
 * BBR towards the kernel, over two paths of 50 Mbit/s and 40 ms that lose one packet in a hundred.
 */
@NeedsNetworkNamespaces
class BbrKernelTest {
  private static final long SEED = 20_261_124L;
  private static final String WEATHER = "rate=50mbit delay=20ms queue=250kb loss=1%";

  private static double mbit(String control, int bytes) throws IOException {
    try (KernelWorld world = KernelWorld.linked(WEATHER, 2, SEED);
        KernelSocket listener = world.kernelListener(false, true);
        HawserSocket socket = world.hawser.socket()) {
      int port = listener.local().port();
      socket.connect(KernelPeerTest.java(KernelWorld.kernelAddress(1, false), port), 30_000);
      socket.congestionControl(control);
      try (KernelSocket peer = listener.accept()) {
        long startNs = System.nanoTime();
        Thread sender = Thread.ofPlatform().daemon().start(() -> send(socket, bytes));
        byte[] block = new byte[1 << 16];
        long got = 0;
        for (int n = peer.read(block, 0, block.length); n > 0; ) {
          for (int i = 0; i < n; i++, got++) {
            if (block[i] != (byte) (got * 31 >> 5)) {
              throw new IOException("byte " + got + " is wrong");
            }
          }
          n = peer.read(block, 0, block.length);
        }
        assertThat(got).isEqualTo(bytes);
        assertThat(socket.stats().subflows()).hasSize(2);
        sender.join();
        return bytes * 8e3 / (System.nanoTime() - startNs);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static void send(HawserSocket to, int bytes) {
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      all[i] = (byte) ((long) i * 31 >> 5);
    }
    try {
      to.getOutputStream().write(all);
      to.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void hawserSends_atLeastTwiceAsFastAsWithCubic() throws IOException {
    double bbr = mbit("bbr", 24_000_000);
    double cubic = mbit("cubic", 8_000_000);
    System.out.printf(
        "1 %% lost, two paths: bbr %.1f Mbit/s, cubic %.1f, ratio %.1f / bound 2%n",
        bbr, cubic, bbr / cubic);
    assertThat(bbr / cubic).isGreaterThan(2);
  }
}
