package io.hawser.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which programs hold sockets, by the numbers that {@link SocketDiag} tells. */
public final class SocketOwners {
  private static final Path PROCESSES = Path.of("/proc");
  private static final String SOCKET = "socket:[";

  /**
   * A process.
   *
   * @param program its short name, 15 bytes at most
   */
  public record Owner(long processId, String program) {}

  private SocketOwners() {}

  /**
   * Looks through the descriptors of all processes that this user may look into. A socket that
   * several of them hold belongs to the oldest; one that nobody holds is missing.
   */
  public static Map<Long, Owner> of(Set<Long> inodes) {
    Map<Long, Owner> found = new HashMap<>();
    if (inodes.isEmpty()) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
      for (Path process : processes) {
        look(process, inodes, found);
      }
    } catch (IOException e) {
      // Without /proc nobody is known.
      return found;
    }
    return found;
  }

  private static void look(Path process, Set<Long> inodes, Map<Long, Owner> found) {
    long processId = Long.parseLong(process.getFileName().toString());
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        long inode = inode(descriptor);
        Owner before = found.get(inode);
        if (inodes.contains(inode) && (before == null || before.processId() > processId)) {
          String program = Files.readString(process.resolve("comm")).strip();
          found.put(inode, new Owner(processId, program));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It ended meanwhile, or is none of this user's business.
      return;
    }
  }

  /** A socket's number; 0: the descriptor is something else. */
  private static long inode(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith(SOCKET)
          ? Long.parseLong(target.substring(SOCKET.length(), target.length() - 1))
          : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
