package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.testbed.Host;
import io.hawser.testbed.LinkStatus;
import io.hawser.testbed.Testbed;
import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells the counters of links and of the kernel's TCP and MPTCP connections four times a second
 * while anybody listens, and what the hosts' kernels tell by themselves.
 */
final class Sampler implements AutoCloseable {
  private static final long PERIOD_MS = 250;
  private static final long END_MS = 2000;

  private final Testbed testbed;
  private final Feed feed;
  private final KernelBoard board;
  private final List<KernelNews> news = new ArrayList<>();
  private final List<KernelFigures> figures = new ArrayList<>();
  private final PlainTcp plainTcp;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("testbed-sampler").factory());
  private String complaint = "";

  Sampler(Testbed testbed, Feed feed) {
    this.testbed = testbed;
    this.feed = feed;
    board = new KernelBoard(feed);
    plainTcp = new PlainTcp(board, testbed::linkOf);
  }

  void start() {
    for (Host host : List.of(testbed.client(), testbed.server())) {
      try {
        news.add(new KernelNews(host, feed, board));
        figures.add(new KernelFigures(host.name(), host.namespace(), board, testbed::linkOf));
        plainTcp.host(host.name(), host.namespace());
      } catch (IOException | DeviceException e) {
        complain("the kernel's own connections in " + host + " stay unseen: " + e.getMessage());
      }
    }
    var _ = timer.scheduleAtFixedRate(this::sample, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  /** One round; on the timer's thread. */
  private void sample() {
    try {
      if (!feed.isHeard()) {
        plainTcp.pause();
        return;
      }
      for (LinkStatus link : testbed.links()) {
        feed.accept(testbed.sample(link.name(), System.nanoTime()));
      }
      for (KernelFigures one : figures) {
        one.sample(feed);
      }
      plainTcp.sample(feed);
    } catch (IOException | RuntimeException e) {
      if (!timer.isShutdown()) {
        complain("cannot sample: " + e.getMessage());
      }
    }
  }

  /** The same trouble is told once. */
  private void complain(String text) {
    if (!text.equals(complaint)) {
      complaint = text;
      System.err.println("testbed: " + text);
      feed.accept(new Event.Note(System.nanoTime(), text));
    }
  }

  @Override
  public void close() {
    timer.shutdown();
    news.forEach(KernelNews::close);
    try {
      if (!timer.awaitTermination(END_MS, TimeUnit.MILLISECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException e) {
      timer.shutdownNow();
      Thread.currentThread().interrupt();
    }
    figures.forEach(KernelFigures::close);
    plainTcp.close();
  }
}
