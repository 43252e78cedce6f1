package io.hawser.testbed.play;

import io.hawser.dashboard.Controls;
import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.report.RunFolder;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.sim.trial.ScenarioSimulation;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The dashboard's source and buttons for simulations: one at a time, played back at real speed or a
 * multiple of it. A link that is pulled on the page is pulled in virtual time. One thread runs the
 * simulation; every other one hands over.
 */
public final class SimulationControls implements Controls, AutoCloseable {
  private static final long STEP_MS = 10;
  private static final long STEP_NS = STEP_MS * 1_000_000;
  private static final long ANSWER_SECONDS = 10;
  private static final long END_MS = 5000;

  /**
   * How to play.
   *
   * @param speed virtual seconds in a real one
   * @param loop whether a run that is over begins again, with the next seed; there are no reports
   * @param reports where folders of finished runs go
   */
  public record Playback(double speed, boolean loop, Path reports) {
    /** Checks the speed. */
    public Playback {
      if (!(speed >= 0.01 && speed <= 1000)) {
        throw new IllegalArgumentException("a speed is 0.01 to 1000 times real time, not " + speed);
      }
    }
  }

  /** A change that waits for the simulation's thread; completed with what was wrong, or "". */
  private record Asked(String link, String change, CompletableFuture<String> answer) {}

  /** What is played. */
  private record Play(Scenario scenario, StackChoice stack) {
    String words() {
      return scenario.name() + " with " + stack.word();
    }
  }

  private final EventSink sink;
  private final Playback playback;
  private final Map<String, Scenario> known = new LinkedHashMap<>();
  private final List<FinishedRun> finished = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final SimulatedLinks links = new SimulatedLinks();
  private final String topologyWords;
  private volatile boolean stopping;
  private volatile boolean closed;
  private volatile @Nullable Play playing;
  private volatile String topology;
  private @Nullable Thread thread;

  private SimulationControls(Scenario first, Playback playback, EventSink sink) throws IOException {
    this.playback = playback;
    this.sink = sink;
    known.put(first.name(), first);
    for (String name : ScenarioReader.builtIn()) {
      if (!known.containsKey(name)) {
        known.put(name, ScenarioReader.find(name));
      }
    }
    topology = first.topology().name();
    links.reset(first.topology());
    topologyWords =
        playback.speed() == 1 ? "" : ", " + number(playback.speed()) + " times real speed";
  }

  private static String number(double speed) {
    return speed == Math.rint(speed) ? Long.toString((long) speed) : Double.toString(speed);
  }

  /**
   * Plays a scenario, and offers the built-in ones.
   *
   * @param stack which stack; null: MPTCP if the scenario has it, else its first
   * @throws IOException if the stack is not one that is simulated
   */
  public static SimulationControls play(
      Scenario first, @Nullable StackChoice stack, Playback playback, EventSink sink)
      throws IOException {
    List<StackChoice> simulated = stacks(first);
    if (simulated.isEmpty()) {
      throw new IOException("none of the stacks of " + first.name() + " is simulated");
    }
    StackChoice chosen = stack != null ? stack : simulated.getFirst();
    SimulationControls controls = new SimulationControls(first, playback, sink);
    controls.start(first.name(), chosen.word());
    return controls;
  }

  /** The stacks of a scenario as the simulator has them, each once, MPTCP first. */
  private static List<StackChoice> stacks(Scenario scenario) {
    List<StackChoice> all = new ArrayList<>();
    for (StackChoice wanted : scenario.stacks()) {
      StackChoice choice = ScenarioSimulation.simulated(wanted);
      if (choice != null && !all.contains(choice)) {
        all.add(choice);
      }
    }
    all.sort(Comparator.comparing(choice -> !choice.isMultipath()));
    return all;
  }

  @Override
  public synchronized void start(String scenario, String stack) throws IOException {
    Play before = playing;
    if (before != null) {
      throw new IOException(before.words() + " runs; stop it first");
    }
    if (closed) {
      throw new IOException("the dashboard ends");
    }
    Scenario found = known.get(scenario);
    if (found == null) {
      throw new IOException("no scenario '" + scenario + "'; there are " + known.keySet());
    }
    StackChoice choice;
    try {
      choice = ScenarioSimulation.simulated(StackChoice.of(stack));
    } catch (IllegalArgumentException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    if (choice == null) {
      throw new IOException(stack + " is not simulated; choose hawser or hawser-tcp");
    }
    Play next = new Play(found, choice);
    stopping = false;
    topology = found.topology().name();
    links.reset(found.topology());
    playing = next;
    thread = Thread.ofPlatform().daemon().name("simulation").start(() -> playAll(next));
  }

  private void playAll(Play what) {
    try {
      for (int repetition = 1; repetition == 1 || (playback.loop() && !stopping); repetition++) {
        links.reset(what.scenario().topology());
        one(what, repetition);
      }
    } catch (IOException | RuntimeException e) {
      sink.accept(new Event.Note(0, what.words() + ": " + e.getMessage()));
    } finally {
      playing = null;
      refuseAll();
    }
  }

  private void one(Play what, int repetition) throws IOException {
    RunFolder folder =
        playback.loop()
            ? null
            : RunFolder.create(
                playback.reports(), what.scenario().name() + "-" + what.stack().word());
    EventSink both = folder == null ? heard(EventSink.NONE) : heard(folder.sink());
    try (ScenarioSimulation run =
        new ScenarioSimulation(what.scenario(), what.stack(), repetition, both)) {
      follow(run);
    }
    if (folder != null) {
      Path page = folder.finish(RunFolder.Options.USUAL);
      finished.addFirst(
          new FinishedRun(
              String.valueOf(folder.path().getFileName()),
              what.scenario().title() + " (" + what.stack().word() + ")",
              page));
    }
  }

  /** Who hears of a run: the page, its folder, and the links. */
  private EventSink heard(EventSink also) {
    return EventSink.all(event -> {
      if (event instanceof Event.LinkChanged changed) {
        links.take(changed);
      }
      if (also.wants(event.getClass())) {
        also.accept(event);
      }
      if (sink.wants(event.getClass())) {
        sink.accept(event);
      }
    });
  }

  private void follow(ScenarioSimulation run) {
    Pace pace = new Pace(playback.speed(), System.nanoTime(), run.nowNs());
    long mostNs = Math.max(1, (long) (STEP_NS * playback.speed()));
    boolean goesOn = true;
    boolean told = false;
    while (goesOn) {
      if (stopping && !told) {
        run.stop();
        told = true;
      }
      long reachedNs = run.nowNs();
      long dueNs = told ? reachedNs + STEP_NS : pace.dueNs(System.nanoTime(), reachedNs);
      if (dueNs > reachedNs) {
        goesOn = run.advance(Math.min(dueNs, reachedNs + mostNs));
        answer(run, asked.poll());
      } else {
        answer(run, await());
      }
    }
  }

  private @Nullable Asked await() {
    try {
      return asked.poll(STEP_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopping = true;
      return null;
    }
  }

  private static void answer(ScenarioSimulation run, @Nullable Asked change) {
    if (change == null) {
      return;
    }
    String wrong = "";
    try {
      run.change(change.link(), change.change());
    } catch (RuntimeException e) {
      wrong = String.valueOf(e.getMessage());
    }
    change.answer().complete(wrong);
  }

  private void refuseAll() {
    for (Asked left = asked.poll(); left != null; left = asked.poll()) {
      left.answer().complete("the run is over; start one, then change its links");
    }
  }

  @Override
  public void change(String link, String change) throws IOException {
    Asked mine = new Asked(link, change, new CompletableFuture<>());
    asked.add(mine);
    if (playing == null) {
      refuseAll();
    }
    String wrong;
    try {
      wrong = mine.answer().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new IOException("the simulation is too slow to answer; try again", e);
    }
    if (!wrong.isEmpty()) {
      throw new IOException(wrong);
    }
  }

  @Override
  public void stop() {
    stopping = true;
  }

  @Override
  public String title() {
    return "simulation, " + topology + topologyWords;
  }

  @Override
  public List<LinkState> links() {
    return links.told();
  }

  @Override
  public List<LinkEnds> ends() {
    return links.ends();
  }

  @Override
  public List<ScenarioChoice> scenarios() {
    List<ScenarioChoice> all = new ArrayList<>();
    for (Scenario one : known.values()) {
      List<String> words = stacks(one).stream().map(StackChoice::word).toList();
      if (!words.isEmpty()) {
        all.add(new ScenarioChoice(one.name(), one.title(), words));
      }
    }
    return all;
  }

  @Override
  public @Nullable String running() {
    Play now = playing;
    return now == null ? null : now.words();
  }

  @Override
  public List<FinishedRun> finished() {
    return List.copyOf(finished);
  }

  /** Stops what runs, and waits for its report. */
  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closed = true;
      stopping = true;
      last = thread;
    }
    if (last != null) {
      try {
        last.join(END_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
