package io.hawser.socket;

import io.hawser.linux.PortRange;
import java.net.BindException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which local addresses and ports sockets are bound to. The stack itself knows listeners and
 * connections only, but a socket may be bound before it is either.
 */
final class LocalPorts {
  private static final int ATTEMPTS = 1_000;

  private record Binding(InetAddress address, int port, boolean reuse) {
    boolean collidesWith(InetAddress other, int otherPort, boolean otherReuse) {
      boolean meet =
          address.isAnyLocalAddress() || other.isAnyLocalAddress() || address.equals(other);
      return port == otherPort && meet && !(reuse && otherReuse);
    }
  }

  private final List<Binding> bindings = new ArrayList<>();
  private final PortRange ephemeral;
  private final List<PortRange> allowed;

  /** Ports that nobody asks for by number, and all that may be asked for. */
  LocalPorts(PortRange ephemeral, List<PortRange> allowed) {
    this.ephemeral = ephemeral;
    this.allowed = List.copyOf(allowed);
  }

  /**
   * Takes a port.
   *
   * @param port 0: any free one
   * @param reuse sockets that all say so may share a port (SO_REUSEADDR of connecting sockets)
   */
  synchronized Object take(InetAddress address, int port, boolean reuse) throws BindException {
    int chosen = port;
    for (int i = 0; port == 0 && i < ATTEMPTS && (i == 0 || isTaken(address, chosen, false)); i++) {
      chosen = ThreadLocalRandom.current().nextInt(ephemeral.first(), ephemeral.last() + 1);
    }
    if (allowed.stream().noneMatch(range -> range.contains(port == 0 ? ephemeral.first() : port))) {
      throw new BindException(
          "port "
              + port
              + " is not one of this stack's ports "
              + allowed
              + "; its packet sockets leave all others to the kernel: name it when opening them");
    }
    if (isTaken(address, chosen, reuse)) {
      throw new BindException("Address already in use");
    }
    Binding binding = new Binding(address, chosen, reuse);
    bindings.add(binding);
    return binding;
  }

  private boolean isTaken(InetAddress address, int port, boolean reuse) {
    for (Binding binding : bindings) {
      if (binding.collidesWith(address, port, reuse)) {
        return true;
      }
    }
    return false;
  }

  /** The port of what {@link #take} returned. */
  static int portOf(Object taken) {
    return ((Binding) taken).port();
  }

  synchronized void giveBack(@Nullable Object taken) {
    if (taken instanceof Binding binding) {
      bindings.remove(binding);
    }
  }
}
