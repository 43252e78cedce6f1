package io.hawser.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many small worlds: two stacks, two paths, every kind of trouble. Streams must arrive whole, both
 * ends must close, and no memory may be left behind.
 *
 * <p>{@code -Dhawser.worlds=N} sets how many; {@code -Dhawser.world=SEED} runs one and prints its
 * packets.
 */
class WorldsTest {
  private static final int WORLDS = Integer.getInteger("hawser.worlds", 1000);
  private static final long FIRST = Long.getLong("hawser.firstWorld", 1);
  private static final long ONE = Long.getLong("hawser.world", -1);

  /** In how many worlds each thing happened. */
  private static final TreeMap<String, Integer> HAPPENED = new TreeMap<>();

  private static String outcome(long seed) {
    World world = new World(seed);
    try {
      world.run();
      synchronized (HAPPENED) {
        EventCounts.addTo(HAPPENED, world.counts);
      }
      return "";
    } catch (RuntimeException | AssertionError wrong) {
      StringBuilder out = new StringBuilder(String.valueOf(wrong));
      for (int i = 0; i < Math.min(12, wrong.getStackTrace().length); i++) {
        out.append("\n    at ").append(wrong.getStackTrace()[i]);
      }
      return out.append(world).toString();
    } finally {
      closeQuietly(world);
    }
  }

  private static void closeQuietly(World world) {
    try {
      world.close();
    } catch (RuntimeException alreadyBroken) {
      System.err.println("closing: " + alreadyBroken);
    }
  }

  private static String repro(long seed) {
    return "./mvnw -Dfast -pl sim -am test -Dtest=WorldsTest#oneWorld -Dhawser.world="
        + seed
        + " -Dsurefire.failIfNoSpecifiedTests=false";
  }

  @Test
  void everyWorldEndsWell() {
    if (ONE >= 0) {
      return;
    }
    ConcurrentSkipListMap<Long, String> failures = new ConcurrentSkipListMap<>();
    LongStream.range(FIRST, FIRST + WORLDS)
        .parallel()
        .forEach(seed -> {
          String outcome = outcome(seed);
          if (!outcome.isEmpty()) {
            failures.put(seed, outcome);
          }
        });
    failures.forEach((seed, outcome) ->
        System.out.println(
            "WORLD "
                + seed
                + " "
                + outcome.lines().findFirst().orElse("")
                + "\n  repro: "
                + repro(seed)));
    assertThat(failures.keySet())
        .as(() ->
            failures.size()
                + " worlds failed, the first:\n"
                + failures.firstEntry().getValue()
                + "\n"
                + repro(failures.firstKey()))
        .isEmpty();
    System.out.println("In " + WORLDS + " worlds: " + HAPPENED);
    if (WORLDS >= 500) {
      for (String what :
          List.of(
              "SubflowJoined",
              "FellBack",
              "Reinjected",
              "PathStale",
              "AddressAnnounced",
              "altered",
              "alteredRead")) {
        assertThat(HAPPENED.getOrDefault(what, 0)).as(what).isGreaterThan(WORLDS / 100);
      }
    }
  }

  @Test
  void sameSeedSendsSameBytes() {
    Queue<String> different = new ConcurrentLinkedQueue<>();
    LongStream.range(FIRST, FIRST + Math.max(1, WORLDS / 50))
        .parallel()
        .forEach(seed -> {
          String first = hash(seed);
          String second = hash(seed);
          if (!first.equals(second)) {
            different.add(repro(seed) + " " + first + " " + second);
          }
        });
    assertThat(different).isEmpty();
  }

  private static String hash(long seed) {
    TraceHash hash = new TraceHash();
    World world = new World(seed);
    try {
      world.simulation.trace(hash);
      world.run();
      return hash.value() + "@" + world.simulation.nowNs();
    } catch (RuntimeException wrong) {
      return hash.value() + " " + wrong.getClass().getName();
    } finally {
      closeQuietly(world);
    }
  }

  @Test
  void oneWorld() {
    if (ONE < 0) {
      return;
    }
    World world = new World(ONE);
    PacketText text = new PacketText();
    long startNs = world.simulation.nowNs();
    world.simulation.trace((path, direction, packet, fate, atNs) ->
        System.out.println(text.line(path, direction, packet, fate, atNs - startNs)));
    try {
      world.run();
    } finally {
      System.out.println(String.format(Locale.ROOT, "start %d%s", startNs, world));
    }
    world.close();
  }
}
