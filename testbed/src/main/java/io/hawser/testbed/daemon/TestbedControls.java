package io.hawser.testbed.daemon;

import io.hawser.dashboard.Controls;
import io.hawser.dashboard.EventHub;
import io.hawser.sim.LinkConfig;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard's buttons for a testbed that is up. Every question opens a connection of its own,
 * so that any thread may ask. While the testbed does not answer, the last state that was seen
 * stands.
 */
public final class TestbedControls implements Controls, AutoCloseable {
  private static final double NS_PER_MS = 1e6;
  private static final double PPM_PER_PERCENT = 1e4;
  private static final long RETRY_MS = 1000;

  private final String name;
  private final List<ScenarioChoice> scenarios;
  private volatile TestbedState seen;
  private volatile boolean closed;
  private volatile @Nullable TestbedClient listening;

  private TestbedControls(String name, TestbedState seen) throws IOException {
    this.name = name;
    this.seen = seen;
    scenarios = choices();
  }

  /**
   * Those of the testbed of this name.
   *
   * @throws IOException if none is up, naming those that are
   */
  public static TestbedControls of(String name) throws IOException {
    try (TestbedClient client = TestbedClient.connect(name)) {
      return new TestbedControls(name, client.status());
    }
  }

  /** Passes the testbed's events on, and comes back when the testbed does. */
  public void feed(EventHub hub) {
    Thread.ofPlatform().daemon().name("testbed-feed").start(() -> listen(hub));
  }

  private void listen(EventHub hub) {
    while (!closed) {
      String reason = "The testbed " + name + " has ended";
      try (TestbedClient client = TestbedClient.connect(name)) {
        listening = client;
        hub.sourceIsBack();
        client.subscribe(hub);
      } catch (IOException e) {
        reason = "The testbed " + name + " does not answer: " + e.getMessage();
      }
      if (!closed) {
        hub.sourceIsGone(reason);
      }
      try {
        Thread.sleep(RETRY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static List<ScenarioChoice> choices() throws IOException {
    List<ScenarioChoice> all = new ArrayList<>();
    for (String one : ScenarioReader.builtIn()) {
      Scenario scenario = ScenarioReader.find(one);
      List<String> stacks = scenario.stacks().stream().map(StackChoice::word).toList();
      all.add(new ScenarioChoice(one, scenario.title(), stacks));
    }
    return List.copyOf(all);
  }

  private TestbedState state() {
    try (TestbedClient client = TestbedClient.connect(name)) {
      seen = client.status();
    } catch (IOException e) {
      // The feed tells that the testbed is gone.
      return seen;
    }
    return seen;
  }

  @Override
  public String title() {
    return "testbed " + name + ", " + seen.topology();
  }

  @Override
  public List<LinkState> links() {
    return state().links().stream().map(TestbedControls::link).toList();
  }

  private static LinkState link(TestbedState.LinkState link) {
    LinkConfig forth = LinkConfig.parse(link.forth());
    LinkConfig back = LinkConfig.parse(link.back());
    return new LinkState(
        link.name(),
        link.up(),
        link.blackhole(),
        link.present(),
        forth.rateBitsPerSecond(),
        back.rateBitsPerSecond(),
        back.delayNs() / NS_PER_MS,
        back.lossPpm() / PPM_PER_PERCENT,
        link.forth().equals(link.back())
            ? link.forth()
            : "forth: " + link.forth() + "; back: " + link.back());
  }

  @Override
  public List<LinkEnds> ends() {
    return seen.links().stream().map(l -> new LinkEnds(l.name(), l.from(), l.to())).toList();
  }

  @Override
  public void change(String link, String change) throws IOException {
    try (TestbedClient client = TestbedClient.connect(name)) {
      seen = client.change(link, change);
    }
  }

  @Override
  public List<ScenarioChoice> scenarios() {
    return scenarios;
  }

  @Override
  public void start(String scenario, String stack) throws IOException {
    try (TestbedClient client = TestbedClient.connect(name)) {
      client.start(scenario, stack);
    }
  }

  @Override
  public void stop() {
    try (TestbedClient client = TestbedClient.connect(name)) {
      client.stop();
    } catch (IOException e) {
      // A testbed that is gone runs nothing.
      return;
    }
  }

  @Override
  public @Nullable String running() {
    String running = seen.running();
    return running.isEmpty() ? null : running;
  }

  @Override
  public List<FinishedRun> finished() {
    return seen.finished().stream()
        .map(run -> new FinishedRun(run.name(), run.title(), Path.of(run.page())))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
    TestbedClient client = listening;
    if (client != null) {
      client.close();
    }
  }
}
