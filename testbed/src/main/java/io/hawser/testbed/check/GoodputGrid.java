package io.hawser.testbed.check;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Scenario;
import io.hawser.sim.scenario.StackChoice;
import io.hawser.testbed.Testbed;
import io.hawser.testbed.run.Trial;
import io.hawser.testbed.yaml.ScenarioReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Goodput by round trip time, loss and number of paths: Hawser sending to a kernel beside a kernel
 * sending to one, through the same emulated links with the same congestion control (cubic), in
 * turns.
 */
public final class GoodputGrid {
  /** Hawser's goodput must be this share of the kernel's, as the median of all cells. */
  public static final double BOUND = 0.8;

  /** No cell may be below this. */
  public static final double CELL_BOUND = 0.5;

  private static final int RATE_MBIT = 20;
  private static final int LEAST_QUEUE_BYTES = 30_000;

  private final int runs;
  private final double scale;
  private final Consumer<String> log;

  /** A cell: goodputs in Mbit/s, one a run; 0 for a run whose bytes did not arrive whole. */
  public record Cell(GridPlace place, List<Double> kernel, List<Double> hawser) {
    /** Hawser's median by the kernel's. */
    public double ratio() {
      return median(hawser) / median(kernel);
    }

    /** Runs whose bytes did not arrive whole. */
    public long broken() {
      return kernel.stream().filter(v -> v <= 0).count()
          + hawser.stream().filter(v -> v <= 0).count();
    }

    private String row() {
      return String.format(
          Locale.ROOT,
          "| %d | %s | %d | %s | %s | %.2f |",
          place.rttMs(),
          place.lossText(),
          place.paths(),
          range(kernel),
          range(hawser),
          ratio());
    }
  }

  /**
   * A grid.
   *
   * @param runs of each kind in each cell
   * @param scale how long each run sends: at 1, 3 s at an RTT of 10 ms, 4 s at 50 ms, 6 s at 200 ms
   */
  public GoodputGrid(int runs, double scale, Consumer<String> log) {
    if (runs < 1 || !(scale >= 0.1)) {
      throw new IllegalArgumentException("at least one run of at least a tenth of its length");
    }
    this.runs = runs;
    this.scale = scale;
    this.log = log;
  }

  /** Measures these cells. */
  public List<Cell> run(List<GridPlace> places) throws IOException {
    List<Cell> cells = new ArrayList<>();
    for (GridPlace place : places) {
      Cell cell = cell(place);
      cells.add(cell);
      log.accept(cell.row());
    }
    return cells;
  }

  private Scenario scenario(GridPlace place) throws IOException {
    // A queue of one bandwidth-delay product, but no less than twenty packets.
    long queueBytes =
        Math.max(LEAST_QUEUE_BYTES, RATE_MBIT * 1_000_000L / 8 * place.rttMs() / 1000);
    StringBuilder links = new StringBuilder();
    for (int n = 1; n <= place.paths(); n++) {
      links.append(
          String.format(
              Locale.ROOT,
              "    - {name: p%d, both: \"rate=%dmbit delay=%.1fms loss=%s%% queue=%db\"}\n",
              n,
              RATE_MBIT,
              place.rttMs() / 2.0,
              place.lossText(),
              queueBytes));
    }
    String yaml =
        String.format(
            Locale.ROOT,
            "topology:\n  name: grid\n  links:\n%s"
                + "workload: {kind: bulk, flow: upload, time: %dms}\n",
            links,
            Math.round(place.plannedMs() * scale));
    return ScenarioReader.read("grid.yaml", yaml);
  }

  private Cell cell(GridPlace place) throws IOException {
    Scenario scenario = scenario(place);
    Cell cell = new Cell(place, new ArrayList<>(), new ArrayList<>());
    String name = "grid" + ProcessHandle.current().pid();
    try (Testbed testbed = Testbed.up(name, scenario.topology())) {
      for (int run = 1; run <= runs; run++) {
        cell.kernel().add(goodput(testbed, place, scenario, StackChoice.MPTCP_KERNEL, run));
        cell.hawser().add(goodput(testbed, place, scenario, StackChoice.HAWSER_KERNEL, run));
      }
    }
    return cell;
  }

  private double goodput(
      Testbed testbed, GridPlace place, Scenario scenario, StackChoice stack, int run) {
    Ends ends = new Ends();
    String problem = "no end of the transfer was told";
    try {
      new Trial(testbed, scenario, stack, run, ends).run();
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    Event.TransferEnded end = ends.heard.poll();
    if (end != null && end.verified() && end.error().isEmpty()) {
      return end.bytes() * 8e3 / Math.max(1, end.lastNs() - end.firstNs());
    }
    log.accept(
        place
            + ", "
            + stack.word()
            + ", run "
            + run
            + ": "
            + (end == null ? problem : end.error()));
    return 0;
  }

  private static final class Ends implements EventSink {
    private final ConcurrentLinkedQueue<Event.TransferEnded> heard = new ConcurrentLinkedQueue<>();

    @Override
    public boolean wants(Class<? extends Event> kind) {
      return kind == Event.TransferEnded.class;
    }

    @Override
    public void accept(Event event) {
      if (event instanceof Event.TransferEnded end) {
        heard.add(end);
      }
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static String range(List<Double> values) {
    double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(values), least, most);
  }

  /** The bounds: the median of all cells' ratios, the least, and nothing broken. */
  public static List<Mark> marks(List<Cell> cells) {
    List<Double> ratios = cells.stream().map(Cell::ratio).toList();
    double least = ratios.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    long broken = cells.stream().mapToLong(Cell::broken).sum();
    return List.of(
        new Mark("goodput, Hawser by kernel, median of cells", median(ratios), BOUND, false, ""),
        new Mark("goodput, Hawser by kernel, lowest cell", least, CELL_BOUND, false, ""),
        new Mark("runs whose bytes did not arrive whole", broken, 0, true, ""));
  }

  /** The grid as a page in Markdown. */
  public String page(List<Cell> cells) {
    StringBuilder page = new StringBuilder();
    page.append("# Goodput under loss and delay\n\n");
    page.append(
        String.format(
            Locale.ROOT,
            """
            Written by `./hawser bench grid`; do not edit. An upload to the kernel's MPTCP, from the
            kernel's and from Hawser in turns, cubic both, through the same emulated links: %d Mbit/s
            each, a queue of one bandwidth-delay product (30 kB at least), loss both ways. Median of
            %d runs of each kind (least to most) in Mbit/s; the ratio is Hawser by kernel. The median
            of all ratios must be at least %.1f, and none below %.1f.

            """,
            RATE_MBIT,
            runs,
            BOUND,
            CELL_BOUND));
    page.append("| RTT, ms | loss, % | paths | kernel | Hawser | ratio |\n");
    page.append("|---|---|---|---|---|---|\n");
    cells.forEach(cell -> page.append(cell.row()).append('\n'));
    page.append("\n```\n");
    marks(cells).forEach(mark -> page.append(mark).append('\n'));
    return page.append("```\n").toString();
  }
}
