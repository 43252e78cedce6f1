package io.hawser.linux;

import io.hawser.wire.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Set-up commands ({@code ip}, {@code nft}, sysctls) in a namespace, or where the program was
 * started.
 */
public final class Ip {
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
      try {
        return Files.readString(path(name)).strip();
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
