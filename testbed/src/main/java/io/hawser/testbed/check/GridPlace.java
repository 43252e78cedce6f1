package io.hawser.testbed.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A place in the grid of goodput.
 *
 * @param rttMs round trip time without queues
 * @param lossPercent of packets, each way
 * @param paths number of links of that kind
 */
public record GridPlace(int rttMs, double lossPercent, int paths) {
  private static final int[] RTTS_MS = {10, 50, 200};
  private static final double[] LOSSES_PERCENT = {0, 0.1, 1, 5};
  private static final int[] PATHS = {1, 2};

  /** All of the grid. */
  public static List<GridPlace> all() {
    List<GridPlace> places = new ArrayList<>();
    for (int paths : PATHS) {
      for (int rttMs : RTTS_MS) {
        for (double loss : LOSSES_PERCENT) {
          places.add(new GridPlace(rttMs, loss, paths));
        }
      }
    }
    return places;
  }

  /** Those that a text names, as {@code 50/5/2} (RTT, loss, paths); a star stands for any. */
  public static List<GridPlace> matching(String text) {
    String[] parts = text.strip().split("/", -1);
    List<GridPlace> found =
        all().stream()
            .filter(place ->
                parts.length == 3
                    && matches(parts[0], Integer.toString(place.rttMs))
                    && matches(parts[1], place.lossText())
                    && matches(parts[2], Integer.toString(place.paths)))
            .toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "no cell '"
              + text
              + "'; write RTT/loss/paths, as in 50/0.1/2 or 200/*/1: RTT 10, 50 or 200 (ms),"
              + " loss 0, 0.1, 1 or 5 (%), paths 1 or 2");
    }
    return found;
  }

  private static boolean matches(String wanted, String value) {
    return wanted.equals("*") || wanted.equals(value);
  }

  /** The loss without needless digits. */
  String lossText() {
    return lossPercent == Math.rint(lossPercent)
        ? Integer.toString((int) lossPercent)
        : String.format(Locale.ROOT, "%.1f", lossPercent);
  }

  /** How long a run sends: longer where windows take longer to grow. */
  int plannedMs() {
    return rttMs < 20 ? 3000 : rttMs < 100 ? 4000 : 6000;
  }

  @Override
  public String toString() {
    return rttMs + "/" + lossText() + "/" + paths;
  }
}
