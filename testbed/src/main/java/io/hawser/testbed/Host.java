package io.hawser.testbed;

import io.hawser.linux.Ip;
import io.hawser.linux.NetworkNamespace;
import io.hawser.socket.Hawser;
import io.hawser.socket.HawserConfig;
import io.hawser.wire.DeviceException;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node of a testbed: a network namespace, and Hawser's stack in it if one is opened. */
public final class Host {
  /** The interface behind which a user-space stack lives. */
  public static final String STACK_DEVICE = "hwstack";

  private final String name;
  private final NetworkNamespace namespace;
  private final Ip ip;
  private final List<IpAddress> kernel4 = new CopyOnWriteArrayList<>();
  private final List<IpAddress> kernel6 = new CopyOnWriteArrayList<>();
  private final List<IpAddress> stack4 = new CopyOnWriteArrayList<>();
  private final List<IpAddress> stack6 = new CopyOnWriteArrayList<>();
  private final List<IpAddress> service = new ArrayList<>();
  private final Map<IpAddress, String> devices = new ConcurrentHashMap<>();
  private final List<Hawser> stacks = new CopyOnWriteArrayList<>();
  private final Map<Hawser, List<IpAddress>> lost = new HashMap<>();

  Host(String name, NetworkNamespace namespace) {
    this.name = name;
    this.namespace = namespace;
    this.ip = new Ip(namespace);
  }

  /** The host has these addresses too, whatever its links do: servers are reached by them. */
  void service(Addressing own) {
    service.add(own.address(false, false, Addressing.STACK));
    service.add(own.address(true, false, Addressing.STACK));
    ip.batch(false, "addr add " + own.address(false, false, Addressing.KERNEL) + "/32 dev lo\n");
    ip.batch(
        true, "addr add " + own.address(true, false, Addressing.KERNEL) + "/128 dev lo nodad\n");
  }

  void attach(String device, Addressing link, boolean fromEnd) {
    for (boolean v6 : new boolean[] {false, true}) {
      devices.put(link.address(v6, fromEnd, Addressing.STACK), device);
    }
    kernel4.add(link.address(false, fromEnd, Addressing.KERNEL));
    kernel6.add(link.address(true, fromEnd, Addressing.KERNEL));
    stack4.add(link.address(false, fromEnd, Addressing.STACK));
    stack6.add(link.address(true, fromEnd, Addressing.STACK));
  }

  /** The node's name in the topology. */
  public String name() {
    return name;
  }

  public NetworkNamespace namespace() {
    return namespace;
  }

  /** Set-up commands in it. */
  public Ip ip() {
    return ip;
  }

  /** The kernel's addresses here, in the order of the links. */
  public List<IpAddress> kernelAddresses(boolean v6) {
    return Collections.unmodifiableList(v6 ? kernel6 : kernel4);
  }

  /** The addresses for a user-space stack here, in the order of the links. */
  public List<IpAddress> stackAddresses(boolean v6) {
    return Collections.unmodifiableList(v6 ? stack6 : stack4);
  }

  /**
   * Opens Hawser's stack here with some of {@link #stackAddresses} or, on the server, {@link
   * Testbed#stackService}; the caller closes it.
   */
  public Hawser openStack(HawserConfig config, List<IpAddress> addresses) {
    config.tun(STACK_DEVICE, HawserConfig.TunUse.CREATE);
    for (IpAddress address : addresses) {
      config.address(address, devices.get(address));
    }
    Hawser hawser = namespace.run(() -> Hawser.open(config));
    try {
      ip.batch(false, "link set " + STACK_DEVICE + " up\n");
      stackRoutes();
    } catch (DeviceException e) {
      hawser.close();
      throw e;
    }
    stacks.add(hawser);
    return hawser;
  }

  private void stackRoutes() {
    for (boolean v6 : new boolean[] {false, true}) {
      StringBuilder lines = new StringBuilder();
      for (List<IpAddress> all : List.of(stack4, stack6, service)) {
        for (IpAddress address : all) {
          if (address.v6() == v6) {
            lines.append("route replace ").append(address).append(" dev ").append(STACK_DEVICE);
            lines.append('\n');
          }
        }
      }
      ip.batch(v6, lines);
    }
  }

  /** Stacks here lose their addresses of a link that went; a stack's last address stays. */
  void forget(Addressing link) {
    for (Hawser stack : openStacks()) {
      try {
        List<IpAddress> own = stack.addresses();
        List<IpAddress> gone = own.stream().filter(link::contains).toList();
        if (gone.size() < own.size()) {
          for (IpAddress address : gone) {
            stack.removeAddress(address);
            lost.computeIfAbsent(stack, _ -> new ArrayList<>()).add(address);
          }
        }
      } catch (IOException e) {
        stacks.remove(stack);
      }
    }
  }

  /** The link is back, and so are the addresses. */
  void learn(Addressing link) {
    for (Hawser stack : openStacks()) {
      List<IpAddress> missing = lost.getOrDefault(stack, new ArrayList<>());
      for (IpAddress address : List.copyOf(missing)) {
        if (link.contains(address)) {
          missing.remove(address);
          add(stack, address);
        }
      }
    }
  }

  /** The link's addresses here are others now, for the kernel and for stacks. */
  void readdress(Addressing before, Addressing after, boolean present) {
    for (boolean v6 : new boolean[] {false, true}) {
      replace(v6 ? kernel6 : kernel4, before, after, v6, Addressing.KERNEL);
      replace(v6 ? stack6 : stack4, before, after, v6, Addressing.STACK);
    }
    for (boolean v6 : new boolean[] {false, true}) {
      String device = devices.remove(before.address(v6, true, Addressing.STACK));
      if (device != null) {
        devices.put(after.address(v6, true, Addressing.STACK), device);
      }
    }
    for (Hawser stack : openStacks()) {
      stackRoutes();
      for (boolean v6 : new boolean[] {false, true}) {
        IpAddress old = before.address(v6, true, Addressing.STACK);
        IpAddress next = after.address(v6, true, Addressing.STACK);
        try {
          if (stack.addresses().contains(old)) {
            add(stack, next);
            stack.removeAddress(old);
          }
        } catch (IOException e) {
          stacks.remove(stack);
        }
        List<IpAddress> missing = lost.getOrDefault(stack, new ArrayList<>());
        if (!present && missing.remove(old)) {
          missing.add(next);
        }
      }
    }
  }

  private void add(Hawser stack, IpAddress address) {
    try {
      stack.addAddress(address, devices.get(address));
    } catch (IOException e) {
      stacks.remove(stack);
    }
  }

  private static void replace(
      List<IpAddress> list, Addressing before, Addressing after, boolean v6, int kind) {
    IpAddress next = after.address(v6, true, kind);
    list.replaceAll(one -> one.equals(before.address(v6, true, kind)) ? next : one);
  }

  private List<Hawser> openStacks() {
    stacks.removeIf(stack -> !stack.isOpen());
    lost.keySet().retainAll(stacks);
    return List.copyOf(stacks);
  }

  /** Ends programs that still run here, then lets the namespace go. */
  void close() {
    namespace.endProcesses();
    namespace.close();
  }

  /** Starts a program in the node, with its input and output as the builder says. */
  public Process start(ProcessBuilder program, Map<String, String> environment) {
    program.environment().putAll(environment);
    return namespace.start(program);
  }

  @Override
  public String toString() {
    return name;
  }
}
