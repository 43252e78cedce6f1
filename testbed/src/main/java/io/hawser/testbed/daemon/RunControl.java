package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.report.RunFolder;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.TestbedException;
import io.hawser.testbed.run.Trial;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Runs one scenario at a time on a testbed that is up, and keeps the reports. */
final class RunControl {
  private final Testbed testbed;
  private final EventSink feed;
  private final Path reports;
  private final List<TestbedState.Finished> finished = new CopyOnWriteArrayList<>();
  private @Nullable Trial trial;
  private @Nullable Thread thread;
  private String running = "";

  RunControl(Testbed testbed, EventSink feed, Path reports) {
    this.testbed = testbed;
    this.feed = feed;
    this.reports = reports;
  }

  /** Starts; the run goes on by itself, on this testbed's links. */
  synchronized void start(String name, String stack) throws IOException {
    if (!running.isEmpty()) {
      throw new TestbedException(running + " runs; stop it first");
    }
    Scenario scenario;
    StackChoice choice;
    try {
      scenario = ScenarioReader.find(name).on(testbed.topology());
      choice = stack.isEmpty() ? scenario.stacks().getFirst() : StackChoice.of(stack);
    } catch (IllegalArgumentException e) {
      throw new TestbedException(name + " does not fit this testbed: " + e.getMessage(), e);
    }
    RunFolder folder =
        RunFolder.create(reports, scenario.name() + "-" + choice.word().replace('/', '+'));
    EventSink into = folder.sink();
    EventSink both =
        EventSink.all(event -> {
          into.accept(event);
          feed.accept(event);
        });
    Trial next = new Trial(testbed, scenario, choice, 1, both);
    trial = next;
    running = scenario.name() + " with " + choice.word();
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("testbed-run")
            .start(() -> run(next, folder, scenario, choice));
  }

  private void run(Trial next, RunFolder folder, Scenario scenario, StackChoice choice) {
    String error = "";
    try {
      next.run();
    } catch (IOException | RuntimeException e) {
      error = String.valueOf(e.getMessage());
    }
    try {
      Path page = folder.finish(RunFolder.Options.USUAL);
      finished.addFirst(
          new TestbedState.Finished(
              folder.path().getFileName().toString(),
              scenario.title() + " (" + choice.word() + ")",
              page.toString()));
    } catch (IOException e) {
      error = String.valueOf(e.getMessage());
    }
    if (!error.isEmpty()) {
      feed.accept(new Event.Note(System.nanoTime(), error));
    }
    synchronized (this) {
      running = "";
      trial = null;
      thread = null;
    }
  }

  /** Where the reports are. */
  Path folder() {
    return reports;
  }

  /** Stops what runs, and waits for its report. */
  void stop() throws InterruptedException {
    Thread waitFor;
    synchronized (this) {
      if (trial != null) {
        trial.stop();
      }
      waitFor = thread;
    }
    if (waitFor != null) {
      waitFor.join();
    }
  }

  synchronized String running() {
    return running;
  }

  List<TestbedState.Finished> finished() {
    return List.copyOf(finished);
  }
}
