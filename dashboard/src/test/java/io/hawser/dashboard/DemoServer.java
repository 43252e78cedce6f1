package io.hawser.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The dashboard of a {@link DemoSource} in real time; for the browser, and to look at by hand. */
public final class DemoServer implements AutoCloseable {
  private static final long STEP_MS = 100;
  private static final int MS_TO_NS = 1_000_000;

  private final EventHub hub = new EventHub();
  private final DemoSource source;
  private final DashboardServer server;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("demo").factory());

  private DemoServer(long seed, boolean routed) throws IOException {
    source = new DemoSource(hub, seed, routed);
    server = DashboardServer.start("127.0.0.1", 0, hub, source);
    var _ =
        timer.scheduleAtFixedRate(
            () -> source.step(STEP_MS * MS_TO_NS), 0, STEP_MS, TimeUnit.MILLISECONDS);
  }

  /** Starts on a free port, with a report in a folder. */
  public static DemoServer start(long seed, boolean routed, Path folder) throws IOException {
    Path page = folder.resolve("report.html");
    Files.createDirectories(folder);
    Files.writeString(page, "<!doctype html><title>Report</title><h1>Report of a run</h1>");
    DemoServer demo = new DemoServer(seed, routed);
    demo.source.addFinished("link-cut-tcp-20261123-101500", "Wi-Fi is cut (tcp)", page);
    demo.source.addFinished("link-cut-hawser-20261123-101700", "Wi-Fi is cut (hawser)", page);
    return demo;
  }

  public DemoSource source() {
    return source;
  }

  public EventHub hub() {
    return hub;
  }

  public String address() {
    return server.address().toString();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    server.close();
  }
}
