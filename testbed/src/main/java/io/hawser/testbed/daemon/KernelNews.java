package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.linux.KernelPathEvent;
import io.hawser.linux.KernelPathEvents;
import io.hawser.linux.LinkChange;
import io.hawser.linux.LinkNews;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.PathManagerClient;
import io.hawser.testbed.Host;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel of one host tells by itself: events of MPTCP's path manager, and changes of
 * interfaces and addresses. Two threads that sleep until there is something.
 */
final class KernelNews implements AutoCloseable {
  private static final long WAIT_NS = 3_600_000_000_000L;

  /** Changes that come together are told together. */
  private static final long TOGETHER_NS = 40_000_000L;

  private static final int MOST_TOGETHER = 200;
  private static final long END_MS = 2000;

  private final String host;
  private final Feed feed;
  private final KernelBoard board;
  private final List<Closeable> sources = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  KernelNews(Host host, Feed feed, KernelBoard board) throws IOException {
    this.host = host.name();
    this.feed = feed;
    this.board = board;
    try {
      NetworkNamespace namespace = host.namespace();
      LinkNews links = LinkNews.open(namespace);
      sources.add(links);
      InterfaceText text = new InterfaceText(host, links.links());
      start("links", () -> links(links, text));
      // A client of its own: its descriptor is not needed once the subscription stands.
      try (PathManagerClient paths = PathManagerClient.open(namespace)) {
        KernelPathEvents events = paths.events();
        sources.add(events);
        start("mptcp", () -> events(events));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What a thread does until its source is closed. */
  @FunctionalInterface
  private interface Listening {
    void run() throws IOException;
  }

  private void start(String what, Listening task) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name("testbed-" + what + "-" + host)
            .start(() -> {
              try {
                task.run();
              } catch (IOException | RuntimeException e) {
                if (!closed) {
                  String text = host + ": no more news of " + what + ": " + e.getMessage();
                  System.err.println("testbed: " + text);
                  feed.accept(new Event.Note(System.nanoTime(), text));
                }
              }
            }));
  }

  private void events(KernelPathEvents events) throws IOException {
    while (!closed) {
      KernelPathEvent event = events.poll(WAIT_NS);
      if (event != null) {
        board.take(host, event, feed.isHeard(), System.nanoTime());
      }
    }
  }

  private void links(LinkNews links, InterfaceText text) throws IOException {
    while (!closed) {
      LinkChange change = links.poll(WAIT_NS);
      for (int n = 0; change != null && n < MOST_TOGETHER; n++) {
        text.take(change);
        change = links.poll(TOGETHER_NS);
      }
      long nowNs = System.nanoTime();
      for (String line : text.lines()) {
        feed.accept(new Event.Note(nowNs, line));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Closeable source : sources) {
      try {
        source.close();
      } catch (IOException e) {
        System.err.println("testbed: " + e.getMessage());
      }
    }
    for (Thread thread : threads) {
      try {
        thread.join(END_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
