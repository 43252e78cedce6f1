package io.hawser.dashboard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** One watcher's queue: bounded, and the source never waits for it. */
final class Subscription implements AutoCloseable {
  private final Deque<HubMessage> queue;
  private final int limit;
  private final Consumer<Subscription> leave;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private boolean woken;
  private boolean closed;
  private long lost;

  /** Begins with what was before; that much may wait in any case. */
  Subscription(List<HubMessage> history, int limit, Consumer<Subscription> leave) {
    queue = new ArrayDeque<>(history);
    this.limit = Math.max(limit, history.size());
    this.leave = leave;
  }

  void put(HubMessage message) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (queue.size() >= limit) {
        dropOne();
      }
      queue.addLast(message);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The oldest sample; only if there is none, the oldest fact. */
  private void dropOne() {
    lost++;
    for (Iterator<HubMessage> all = queue.iterator(); all.hasNext(); ) {
      if (all.next().isSample()) {
        all.remove();
        return;
      }
    }
    queue.removeFirst();
  }

  /** Makes {@link #take} return, with or without messages. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What has come, at most {@code most}; waits up to {@code waitNs} for the first one. */
  List<HubMessage> take(int most, long waitNs) throws InterruptedException {
    lock.lock();
    try {
      long leftNs = waitNs;
      while (queue.isEmpty() && !woken && !closed && leftNs > 0) {
        leftNs = news.awaitNanos(leftNs);
      }
      woken = false;
      List<HubMessage> taken = new ArrayList<>(Math.min(most, queue.size()));
      while (taken.size() < most && !queue.isEmpty()) {
        taken.add(queue.removeFirst());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** How many messages this watcher was too slow for. */
  long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    leave.accept(this);
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
