package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the lists of changes lie: a directory that only this user can write. */
final class LeftoverDirectory {
  /** Overrides the place. */
  static final String PROPERTY = "hawser.leftovers";

  private LeftoverDirectory() {}

  static Path standard() {
    int user = effectiveUserId();
    List<Path> candidates = new ArrayList<>();
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      candidates.add(Path.of(chosen));
    } else {
      if (user == 0) {
        candidates.add(Path.of("/run/hawser-" + user));
      }
      String runtime = System.getenv("XDG_RUNTIME_DIR");
      if (runtime != null && !runtime.isEmpty()) {
        candidates.add(Path.of(runtime, "hawser"));
      }
      candidates.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "hawser-" + user));
    }
    List<String> reasons = new ArrayList<>();
    for (Path candidate : candidates) {
      String reason = unfit(candidate, user);
      if (reason == null) {
        return candidate;
      }
      reasons.add(candidate + " (" + reason + ")");
    }
    throw new DeviceException(
        "no place to write down what is to be undone later: "
            + String.join(", ", reasons)
            + "; name a directory of your own with -D"
            + PROPERTY
            + "=DIRECTORY");
  }

  /** By /proc: most commands would link native calls for nothing else. */
  private static int effectiveUserId() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String ids = lines.filter(line -> line.startsWith("Uid:")).findFirst().orElse("Uid: 0 0");
      return Integer.parseUnsignedInt(ids.split("\\s+")[2]);
    } catch (IOException | UncheckedIOException e) {
      throw new DeviceException("cannot read /proc/self/status: " + e.getMessage());
    }
  }

  /** Makes the directory if need be; why it may not be used, or null. */
  private static @Nullable String unfit(Path directory, int user) {
    try {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        return "not a directory";
      }
      // What stands in the lists is done with our rights: nobody else may write there.
      Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      Set<PosixFilePermission> rights =
          Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(user)) {
        return "belongs to user " + owner;
      }
      if (rights.contains(PosixFilePermission.GROUP_WRITE)
          || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
        return "others may write there";
      }
      return Files.isWritable(directory) ? null : "not writable";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
