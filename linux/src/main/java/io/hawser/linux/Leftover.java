package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Something a run makes on the machine and has to take away again; as one line of text. */
public sealed interface Leftover {
  /** Takes it away; whatever is not there any more is fine. */
  void undo();

  /** The line it is written as. */
  String line();

  /** A named network namespace, with all that is in it. */
  record Namespace(String name) implements Leftover {
    @Override
    public void undo() {
      NetworkNamespace.delete(name);
    }

    @Override
    public String line() {
      return "netns " + name;
    }
  }

  /** A network device. */
  record Device(String name) implements Leftover {
    @Override
    public void undo() {
      if (Files.exists(Path.of("/sys/class/net", name))) {
        Command.run("ip", "link", "del", name);
      }
    }

    @Override
    public String line() {
      return "link " + name;
    }
  }

  /** A sysctl that was changed: its path under /proc/sys and the value before. */
  record Sysctl(String path, String before) implements Leftover {
    @Override
    public void undo() {
      try {
        Files.writeString(Path.of("/proc/sys", path), before);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot restore " + path + " to " + before, e);
      }
    }

    @Override
    public String line() {
      return "sysctl " + path + " " + before;
    }
  }

  /** A command that takes something away: {@code ip rule del ...}, {@code nft delete table ...}. */
  record ByCommand(String command) implements Leftover {
    @Override
    public void undo() {
      try {
        Command.run(command.split(" "));
      } catch (DeviceException e) {
        // Most often because it is gone already; what matters is that it is not there.
        System.getLogger("hawser").log(System.Logger.Level.DEBUG, command, e);
      }
    }

    @Override
    public String line() {
      return "run " + command;
    }
  }

  /** Reads a line. */
  static Leftover parse(String line) {
    String[] words = line.split(" ", 3);
    return switch (words[0]) {
      case "netns" -> new Namespace(words[1]);
      case "link" -> new Device(words[1]);
      case "sysctl" -> new Sysctl(words[1], words[2]);
      case "run" -> new ByCommand(line.substring(4));
      default -> throw new IllegalArgumentException("not a leftover: " + line);
    };
  }
}
