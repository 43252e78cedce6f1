package io.hawser.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.proof.world.EventCounts;
import io.hawser.proof.world.World;
import io.hawser.sim.PacketText;
import io.hawser.sim.TraceHash;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
  private static final int WORLDS = Integer.getInteger("hawser.worlds", 10_000);
  private static final int IN_ANOTHER_JVM = 5;
  private static final long FIRST = Long.getLong("hawser.firstWorld", 1);
  private static final long ONE = Long.getLong("hawser.world", -1);

  /** In how many worlds each thing happened. */
  private static final TreeMap<String, Integer> HAPPENED = new TreeMap<>();

  private static String outcome(long seed) {
    World world = new World(seed);
    try {
      assertThat(world.kinds()).isGreaterThanOrEqualTo(3);
      world.run();
      synchronized (HAPPENED) {
        EventCounts.addTo(HAPPENED, world.counts());
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
    return "./mvnw -Dfast -pl proof -am test -Dtest=WorldsTest#oneWorld -Dhawser.world="
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
              "alteredRead",
              "sent again after a timeout",
              "zero window",
              "MP_FAIL",
              "fast close",
              "join failure",
              "re-join",
              "data in a SYN",
              "data of a SYN taken",
              "segments joined",
              "segments split",
              "pathMtu")) {
        assertThat(HAPPENED.getOrDefault(what, 0)).as(what).isPositive();
      }
    }
  }

  @Test
  void sameSeedSendsSameBytes() {
    Queue<String> different = new ConcurrentLinkedQueue<>();
    LongStream.range(FIRST, FIRST + Math.max(1, WORLDS / 200))
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

  /** The seed is all there is: another JVM, one that only interprets, sends the same bytes. */
  @Test
  void sameSeed_interpretingJvm_sendsSameBytes() throws Exception {
    long last = FIRST + IN_ANOTHER_JVM;
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xint",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WorldsTest.class.getName(),
                Long.toString(FIRST),
                Long.toString(last))
            .redirectErrorStream(true)
            .start();
    List<String> theirs;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      theirs = lines.lines().toList();
    }
    assertThat(other.waitFor()).as(theirs.toString()).isZero();
    List<String> ours = LongStream.range(FIRST, last).mapToObj(s -> s + " " + hash(s)).toList();
    assertThat(theirs).isEqualTo(ours);
  }

  /** Prints the hashes of the worlds from one seed to another, for the test above. */
  public static void main(String[] seeds) {
    LongStream.range(Long.parseLong(seeds[0]), Long.parseLong(seeds[1]))
        .forEach(s -> System.out.println(s + " " + hash(s)));
  }

  private static String hash(long seed) {
    TraceHash hash = new TraceHash();
    World world = new World(seed);
    try {
      world.trace(hash);
      world.run();
      return hash.value() + "@" + world.simulation().nowNs();
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
    long startNs = world.simulation().nowNs();
    world.trace((path, direction, packet, fate, atNs) ->
        System.out.println(text.line(path, direction, packet, fate, atNs - startNs)));
    try {
      world.run();
    } finally {
      System.out.println(String.format(Locale.ROOT, "start %d%s", startNs, world));
    }
    world.close();
  }
}
