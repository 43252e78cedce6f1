package io.hawser.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.proof.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Inputs that once failed ({@code fuzz/TARGET/*} of the test resources), and random ones. */
class FuzzSeedsTest {
  private static final int RANDOM_INPUTS = 300;

  private static List<Path> seeds(FuzzTarget target) {
    URL folder = FuzzSeedsTest.class.getResource("fuzz/" + target.word());
    if (folder == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void onceFailed_holdsNow(FuzzTarget target) throws IOException {
    for (Path seed : seeds(target)) {
      try {
        target.run(Files.readAllBytes(seed));
      } catch (RuntimeException | AssertionError found) {
        throw new AssertionError(target.word() + " " + seed.getFileName() + ": " + found, found);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void randomInput_holds(FuzzTarget target) {
    for (int seed = 1; seed <= RANDOM_INPUTS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] input = new byte[random.nextInt(1, 1500)];
      random.nextBytes(input);
      try {
        target.run(input);
      } catch (RuntimeException | AssertionError found) {
        throw new AssertionError(target.word() + " seed " + seed + ": " + found, found);
      }
    }
  }

  @Test
  void targets_haveNamesUsersCanType() {
    for (FuzzTarget target : FuzzTarget.values()) {
      assertThat(FuzzTarget.of(target.word())).isEqualTo(target);
    }
  }
}
