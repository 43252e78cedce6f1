package io.hawser.core.house;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Breaks every rule of purity, so that the test that looks for breaches can be seen to find them.
 */
final class Planted {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Double> map = new HashMap<>();

  synchronized double breakAll() {
    lock.lock();
    try {
      Thread.yield();
      map.put("now", Math.pow(System.nanoTime(), 2));
      return map.size();
    } finally {
      lock.unlock();
    }
  }
}
