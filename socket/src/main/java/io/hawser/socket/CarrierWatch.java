package io.hawser.socket;

import io.hawser.linux.LinkChange;
import io.hawser.linux.LinkNews;
import io.hawser.linux.NetworkNamespace;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells a stack which of its addresses have a way out: those whose interface is up and has a
 * carrier, as the kernel says by rtnetlink. A pulled cable so moves the data at once, long before a
 * retransmission time-out.
 */
final class CarrierWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CarrierWatch.class.getName());
  private static final long PATIENCE_NS = 60_000_000_000L;

  private final StackLoop loop;
  private final LinkNews news;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<IpAddress, String> devices = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private final Set<String> working = new HashSet<>();
  private volatile boolean closed;

  /** Watches the interfaces of a namespace until closed. */
  CarrierWatch(String name, StackLoop loop, @Nullable NetworkNamespace namespace)
      throws IOException {
    this.loop = loop;
    news = LinkNews.open(namespace);
    thread = Thread.ofPlatform().daemon().name(name + "-carrier").unstarted(this::run);
    try {
      for (LinkChange.Link link : news.links()) {
        take(link);
      }
    } catch (IOException e) {
      news.close();
      throw e;
    }
    thread.start();
  }

  /** What leaves from this address goes out by this interface. */
  void put(IpAddress address, String device) {
    lock.lock();
    try {
      devices.put(address, device);
      tell(address, working.contains(device));
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (!closed) {
        LinkChange change = news.poll(PATIENCE_NS);
        List<? extends LinkChange> heard =
            change instanceof LinkChange.Missed
                ? news.links()
                : change == null ? List.of() : List.of(change);
        heard.forEach(this::take);
      }
    } catch (IOException e) {
      if (!closed) {
        LOG.log(
            System.Logger.Level.WARNING,
            "no more news of the interfaces; lost carriers are found by time-outs from now on",
            e);
      }
    }
  }

  private void take(LinkChange change) {
    lock.lock();
    try {
      if (change instanceof LinkChange.Link link) {
        String before = names.put(link.interfaceIndex(), link.name());
        if (before != null && !before.equals(link.name())) {
          mark(before, false);
        }
        mark(link.name(), link.up() && link.carrier());
      } else if (change instanceof LinkChange.LinkRemoved gone) {
        names.remove(gone.interfaceIndex());
        mark(gone.name(), false);
      }
    } finally {
      lock.unlock();
    }
  }

  private void mark(String device, boolean works) {
    boolean news = works ? working.add(device) : working.remove(device);
    if (news) {
      devices.forEach((address, way) -> {
        if (way.equals(device)) {
          tell(address, works);
        }
      });
    }
  }

  private void tell(IpAddress address, boolean works) {
    loop.submit((stack, nowNs) -> stack.pathWorks(address, works, nowNs));
  }

  @Override
  public void close() {
    closed = true;
    news.close();
  }
}
