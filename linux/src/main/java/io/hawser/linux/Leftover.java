package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Something a run makes on the machine and has to take away again; as one line of text. */
public sealed interface Leftover {
  /** Takes it away; whatever is not there any more is fine. */
  void undo();

  /** The line it is written as. */
  String line();

  /** A named network namespace, with all that is in it, programs too. */
  record Namespace(String name) implements Leftover {
    @Override
    public void undo() {
      try {
        NetworkNamespace.endProcessesOf(name);
      } catch (DeviceException | UncheckedIOException e) {
        // Half made, or without our rights: the name goes all the same.
        System.getLogger("hawser").log(System.Logger.Level.DEBUG, name, e);
      }
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
      if (exists(name)) {
        Command.run("ip", "link", "del", name);
      }
    }

    /** Not by /sys: that shows the namespace in which it was mounted. */
    private static boolean exists(String name) {
      try (InterfaceControl control = NetworkNamespace.ofThisProcess().run(InterfaceControl::new)) {
        return control.index(name) >= 0;
      }
    }

    @Override
    public String line() {
      return "link " + name;
    }
  }

  /** A sysctl that was changed: its name or path under /proc/sys, and the value before. */
  record Sysctl(String path, String before) implements Leftover {
    @Override
    public void undo() {
      Ip.here().sysctl(path, before);
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

  /** Reads a line; null if it is none (the last one may be cut short by a kill). */
  static @Nullable Leftover parse(String line) {
    String[] words = line.split(" ", 3);
    return switch (words.length < 2 ? "" : words[0]) {
      case "netns" -> new Namespace(words[1]);
      case "link" -> new Device(words[1]);
      case "sysctl" -> words.length == 3 ? new Sysctl(words[1], words[2]) : null;
      case "run" -> new ByCommand(line.substring(4));
      default -> null;
    };
  }
}
