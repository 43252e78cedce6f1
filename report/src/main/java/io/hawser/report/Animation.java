package io.hawser.report;

import io.hawser.event.Event;
import io.hawser.report.plot.ImagePainter;
import io.hawser.report.plot.Ink;
import io.hawser.report.plot.LinePlot;
import io.hawser.report.plot.Picture;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run as a moving picture: two hosts, a pipe for each link whose filling is what it carries, and
 * the plot of goodput growing below.
 */
final class Animation {
  static final String FILE = "run.gif";
  static final int WIDTH = 800;
  static final int HEIGHT = 450;

  /** Hundredths of a second; GIF knows nothing finer, and viewers nothing below 2. */
  static final int FRAME_CS = 8;

  private static final int LAST_FRAME_CS = 300;
  private static final int MOST_FRAMES = 225;
  private static final double POPUP_SECONDS = 1.6;
  private static final int PLOT_HEIGHT = 118;

  /** More have no room. */
  private static final int MOST_PIPES = 6;

  private final Recording run;
  private final RunSummary summary;
  private final GoodputPlot goodput;
  private final LinePlot plot;
  private final double seconds;
  private final int frames;
  private final int pipesHeight;

  Animation(Recording run, RunSummary summary) {
    this.run = run;
    this.summary = summary;
    goodput = new GoodputPlot(run, summary);
    RateUnit unit = RateUnit.of(goodput.peak());
    plot = new RunPlots(run, summary).marked(goodput.plot(unit));
    seconds = Math.max(0.1, summary.durationNs() / 1e9);
    frames = (int) Math.clamp(Math.ceil(seconds * 100 / FRAME_CS), 2, MOST_FRAMES);
    pipesHeight = HEIGHT - plot.picture(WIDTH, PLOT_HEIGHT, false).height();
  }

  int frames() {
    return frames;
  }

  /** Whether there is anything to draw. */
  boolean isEmpty() {
    return plot.isEmpty();
  }

  /** Writes the GIF. */
  void write(Path file) throws IOException {
    try (GifWriter gif = new GifWriter(file)) {
      BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < frames; i++) {
        Graphics2D graphics = image.createGraphics();
        paint(graphics, i);
        graphics.dispose();
        gif.frame(image, i == frames - 1 ? LAST_FRAME_CS : FRAME_CS);
      }
    }
  }

  private void paint(Graphics2D graphics, int frame) {
    double at = seconds * frame / (frames - 1);
    ImagePainter.paint(scene(frame, at), graphics);
    Graphics2D lower = (Graphics2D) graphics.create(0, pipesHeight, WIDTH, HEIGHT - pipesHeight);
    ImagePainter.paint(plot.picture(WIDTH, PLOT_HEIGHT, false, at), lower);
    lower.dispose();
  }

  /** Hosts and pipes at a moment. */
  Picture scene(int frame, double at) {
    Scene scene = new Scene(WIDTH, Math.max(120, pipesHeight));
    double speed = seconds * 100 / FRAME_CS / (frames - 1);
    String clock = String.format(Locale.ROOT, "%.1f s", at);
    String pace = speed > 1.05 ? String.format(Locale.ROOT, ", %.1f times as fast", speed) : "";
    String stack = summary.stack().isEmpty() ? "" : summary.stack() + "   ";
    scene.heading(SummaryText.title(summary), stack + clock + pace);
    List<Scene.Pipe> pipes = new ArrayList<>();
    Map<String, double[]> carried = goodput.carried();
    double[] xs = goodput.xs();
    int bin =
        xs.length < 2 ? 0 : (int) Math.clamp((at - xs[0]) / (xs[1] - xs[0]), 0, xs.length - 1);
    int number = 0;
    List<Event.LinkFacts> links = run.linkFacts();
    for (Event.LinkFacts link : links.subList(0, Math.min(MOST_PIPES, links.size()))) {
      double[] rates = carried.get(link.name());
      double rate = rates == null ? 0 : rates[bin];
      pipes.add(
          new Scene.Pipe(
              link.name(), rate, capacity(link, at), usable(link, at), Ink.series(number)));
      number++;
    }
    scene.pipes(pipes, summary.flow() != Flow.BACK, frame);
    double[] received = goodput.received();
    String popup = popup(at, frame);
    String now = "received " + Figures.rate(received[bin]);
    scene.banner(popup.isEmpty() ? now : popup, !popup.isEmpty());
    return scene.picture();
  }

  private String popup(double at, int frame) {
    if (frame == frames - 1) {
      String limit =
          summary.fractionOfLimit() == null
              ? ""
              : ", " + Figures.percent(summary.fractionOfLimit()) + " of the limit";
      return Figures.rate(summary.goodputBitsPerSecond())
          + limit
          + ", longest stall "
          + Figures.time(summary.longestStallNs());
    }
    String popup = "";
    for (Event.LinkChanged change : run.changes) {
      double age = at - run.seconds(change.atNs());
      if (age >= 0 && age < POPUP_SECONDS) {
        popup = change.link() + " " + change.change();
      }
    }
    return popup;
  }

  private boolean usable(Event.LinkFacts link, double at) {
    boolean usable = true;
    for (Event.LinkChanged change : run.changes) {
      if (change.link().equals(link.name()) && run.seconds(change.atNs()) <= at) {
        usable = change.usable();
      }
    }
    return usable;
  }

  /** Bits per second now; of a link without a rate the most that any link carried. */
  private double capacity(Event.LinkFacts link, double at) {
    long forth = link.forthBitsPerSecond();
    long back = link.backBitsPerSecond();
    for (Event.LinkChanged change : run.changes) {
      if (change.link().equals(link.name()) && run.seconds(change.atNs()) <= at) {
        forth = change.forthBitsPerSecond();
        back = change.backBitsPerSecond();
      }
    }
    long rate = summary.flow().pick(forth, back);
    return rate > 0 ? rate : Math.max(1, goodput.peak());
  }
}
