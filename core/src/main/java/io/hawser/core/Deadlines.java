package io.hawser.core;

import io.hawser.core.mptcp.MptcpConnection;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Connections by deadline: a binary heap whose entries know their place. */
final class Deadlines {
  /** A connection's place in the stack's books. */
  static final class Entry {
    final MptcpConnection connection;
    long deadlineNs = Long.MAX_VALUE;
    int heapIndex = -1;
    boolean queued;
    int news;
    @Nullable ListenerEntry listener;
    boolean halfOpen;

    Entry(MptcpConnection connection) {
      this.connection = connection;
    }
  }

  private @Nullable Entry[] heap = new Entry[16];
  private int size;

  /** Earliest deadline, or Long.MAX_VALUE. */
  long nextNs() {
    Entry first = heap[0];
    return first == null ? Long.MAX_VALUE : first.deadlineNs;
  }

  /** The entry with the earliest deadline, if that is due. */
  @Nullable Entry due(long nowNs) {
    Entry first = heap[0];
    return first != null && first.deadlineNs <= nowNs ? first : null;
  }

  /** Moves an entry to its deadline; MAX_VALUE takes it out. */
  void set(Entry entry, long deadlineNs) {
    if (deadlineNs == entry.deadlineNs && (entry.heapIndex >= 0 || deadlineNs == Long.MAX_VALUE)) {
      return;
    }
    entry.deadlineNs = deadlineNs;
    if (deadlineNs == Long.MAX_VALUE) {
      remove(entry);
      return;
    }
    if (entry.heapIndex < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      place(entry, size++);
    }
    up(entry.heapIndex);
    down(entry.heapIndex);
  }

  private void remove(Entry entry) {
    int at = entry.heapIndex;
    if (at < 0) {
      return;
    }
    entry.heapIndex = -1;
    Entry last = heap[--size];
    heap[size] = null;
    if (last != null && last != entry) {
      place(last, at);
      up(at);
      down(last.heapIndex);
    }
  }

  private void place(Entry entry, int at) {
    heap[at] = entry;
    entry.heapIndex = at;
  }

  private Entry at(int index) {
    Entry entry = heap[index];
    if (entry == null) {
      throw new IllegalStateException("heap of " + size + " has no entry " + index);
    }
    return entry;
  }

  private void up(int from) {
    int i = from;
    while (i > 0 && at(i).deadlineNs < at((i - 1) / 2).deadlineNs) {
      swap(i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  }

  private void down(int from) {
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && at(child + 1).deadlineNs < at(child).deadlineNs) {
        child++;
      }
      if (at(i).deadlineNs <= at(child).deadlineNs) {
        return;
      }
      swap(i, child);
      i = child;
    }
  }

  private void swap(int a, int b) {
    Entry first = at(a);
    Entry second = at(b);
    place(first, b);
    place(second, a);
  }
}
