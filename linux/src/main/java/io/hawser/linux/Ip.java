package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Set-up commands ({@code ip}, {@code nft}, sysctls) in a namespace, or where the program was
 * started.
 */
public final class Ip {
  private static final Pattern BATCH_FAILURE = Pattern.compile("Command failed -:(\\d+)");

  private final @Nullable NetworkNamespace namespace;

  /** In this namespace. */
  public Ip(NetworkNamespace namespace) {
    this.namespace = namespace;
  }

  private Ip() {
    this.namespace = null;
  }

  /** In the namespace the program was started in. */
  public static Ip here() {
    return new Ip();
  }

  private String run(String... command) {
    NetworkNamespace where = namespace;
    return where == null ? Command.run(command) : where.exec(command);
  }

  /** {@code ip} with these words; what it printed. */
  public String ip(String words) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(Arrays.asList(words.strip().split("\\s+")));
    return run(command.toArray(String[]::new));
  }

  /**
   * Commands of {@code ip}, one a line without the word itself, by one program for all; the first
   * one that fails ends them.
   *
   * @throws DeviceException with that command and the kernel's reason
   */
  public void batch(boolean v6, CharSequence lines) {
    if (lines.isEmpty()) {
      return;
    }
    List<String> command = List.of("ip", v6 ? "-6" : "-4", "-batch", "-");
    NetworkNamespace where = namespace == null ? NetworkNamespace.ofThisProcess() : namespace;
    try {
      String _ = Command.run(where, command, lines.toString());
    } catch (DeviceException e) {
      throw new DeviceException(failedLine(String.valueOf(e.getMessage()), lines.toString()));
    }
  }

  /** {@code ip} says which line of its input failed; people want to see the line. */
  private static String failedLine(String message, String lines) {
    Matcher number = BATCH_FAILURE.matcher(message);
    if (!number.find()) {
      return message;
    }
    int line = Integer.parseInt(number.group(1)) - 1;
    List<String> all = lines.lines().toList();
    String words = line >= 0 && line < all.size() ? all.get(line) : "";
    return "`ip " + words + "`: " + message;
  }

  /** Any command; what it printed. */
  public String command(String... words) {
    return run(words);
  }

  /** Interface up. */
  public void up(String device) {
    run("ip", "link", "set", device, "up");
  }

  /** Interface down. */
  public void down(String device) {
    run("ip", "link", "set", device, "down");
  }

  /** An address with its prefix length; an IPv6 one is usable at once. */
  public void address(String device, String prefix) {
    if (prefix.indexOf(':') >= 0) {
      run("ip", "-6", "addr", "add", prefix, "dev", device, "nodad");
    } else {
      run("ip", "addr", "add", prefix, "dev", device);
    }
  }

  /** A pair of virtual Ethernet interfaces, the second in another namespace. */
  public void veth(String name, String peer, NetworkNamespace peerAt) {
    run("ip", "link", "add", name, "type", "veth", "peer", "name", peer, "netns", peerAt.path());
  }

  /** {@code ip mptcp} with these words. */
  public String mptcp(String words) {
    return ip("mptcp " + words);
  }

  /** Reads a sysctl, dots or slashes between its words. */
  public String sysctl(String name) {
    return inside(() -> {
      // In one read: a second one of such a file finds nothing (Files.readString begins with 1
      // byte).
      try (InputStream in = Files.newInputStream(path(name))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        throw new DeviceException("cannot read the sysctl " + name + ": " + e.getMessage());
      }
    });
  }

  /** Sets a sysctl. */
  public void sysctl(String name, String value) {
    inside(() -> {
      try {
        Files.writeString(path(name), value, StandardOpenOption.WRITE);
        return "";
      } catch (IOException e) {
        throw new DeviceException(
            "cannot set the sysctl " + name + " to " + value + ": " + e.getMessage());
      }
    });
  }

  /** Sets several, each as {@code name=value}, from one thread. */
  public void sysctls(List<String> settings) {
    inside(() -> {
      for (String setting : settings) {
        int equals = setting.indexOf('=');
        String name = setting.substring(0, equals);
        try {
          Files.writeString(path(name), setting.substring(equals + 1), StandardOpenOption.WRITE);
        } catch (IOException e) {
          throw new DeviceException("cannot set the sysctl " + setting + ": " + e.getMessage());
        }
      }
      return "";
    });
  }

  private static Path path(String name) {
    if (name.contains("..") || name.startsWith("/")) {
      throw new DeviceException("'" + name + "' is not the name of a sysctl");
    }
    // With slashes dots are part of a word: net/ipv4/conf/eth0.5/rp_filter.
    return Path.of("/proc/sys", name.contains("/") ? name : name.replace('.', '/'));
  }

  private String inside(Supplier<String> task) {
    NetworkNamespace where = namespace;
    return (where == null ? NetworkNamespace.ofThisProcess() : where).run(task::get);
  }
}
