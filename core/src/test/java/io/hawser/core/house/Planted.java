package io.hawser.core.house;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Breaks every rule of purity, so that the test that looks for breaches can be seen to find them.
 */
final class Planted {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Double> map = new HashMap<>();
  private final Set<String> set = new HashSet<>(Set.of("a", "b"));
  private final Map<String, Integer> fixed = Map.of("a", 1);

  synchronized double breakAll() {
    lock.lock();
    try {
      Thread.onSpinWait();
      map.put("now", Math.pow((double) System.currentTimeMillis(), Math.cbrt(2)));
      return map.size() + set.size() + fixed.size() + new Random().nextInt();
    } finally {
      lock.unlock();
    }
  }

  /** Only named, not called: the constant pool tells all the same. */
  LongSupplier clock() {
    return System::nanoTime;
  }

  long hidden() {
    synchronized (this) {
      return Instant.now().toEpochMilli() + System.identityHashCode(this);
    }
  }

  boolean touchesTheWorld(Path path) throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      return Files.exists(path)
          || channel.isOpen()
          || InetAddress.getLocalHost().isAnyLocalAddress();
    }
  }
}
