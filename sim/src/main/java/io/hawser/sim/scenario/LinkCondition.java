package io.hawser.sim.scenario;

import io.hawser.sim.Direction;
import io.hawser.sim.LinkConfig;

/**
 * How a link stands, and what the words of a timeline or of a person make of it. {@link LinkEvent}
 * names the words.
 *
 * @param forth settings of the direction towards the server
 * @param back settings of the direction towards the client
 * @param present false: removed
 */
public record LinkCondition(
    LinkConfig forth, LinkConfig back, boolean up, boolean blackhole, boolean present) {
  private static final String FORTH = "forth:";
  private static final String BACK = "back:";

  /** As a topology says. */
  public static LinkCondition of(LinkSpec spec) {
    return new LinkCondition(spec.forth(), spec.back(), true, false, true);
  }

  /**
   * After a change; addresses and NATs are others' business.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  public LinkCondition after(String change) {
    return switch (change) {
      case "down" -> new LinkCondition(forth, back, false, blackhole, present);
      case "up" -> new LinkCondition(forth, back, true, blackhole, present);
      case "blackhole" -> new LinkCondition(forth, back, up, true, present);
      case "restore" -> new LinkCondition(forth, back, up, false, present);
      case "remove" -> new LinkCondition(forth, back, up, blackhole, false);
      case "add" -> new LinkCondition(forth, back, true, blackhole, true);
      case "rebind", "address" -> this;
      default -> with(change);
    };
  }

  /** With settings of both directions, or of one after {@code forth:} or {@code back:}. */
  public LinkCondition with(String settings) {
    if (settings.startsWith(FORTH)) {
      return with(forth.with(settings.substring(FORTH.length())), back);
    }
    if (settings.startsWith(BACK)) {
      return with(forth, back.with(settings.substring(BACK.length())));
    }
    return with(forth.with(settings), back.with(settings));
  }

  private LinkCondition with(LinkConfig nextForth, LinkConfig nextBack) {
    return new LinkCondition(nextForth, nextBack, up, blackhole, present);
  }

  /** What a direction does to packets now. */
  public LinkConfig config(Direction direction) {
    LinkConfig settings = direction == Direction.A_TO_B ? forth : back;
    return settings.withUp(up && present).withBlackhole(blackhole);
  }

  /** Whether packets get through. */
  public boolean isUsable() {
    return up && present && !blackhole;
  }

  /** Settings as people write them; both directions in one if they are alike. */
  public String text() {
    String there = forth.toString();
    String here = back.toString();
    return there.equals(here) ? there : FORTH + " " + there + "; " + BACK + " " + here;
  }
}
