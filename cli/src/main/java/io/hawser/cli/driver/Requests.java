package io.hawser.cli.driver;

import io.hawser.core.api.Connection;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.mptcp.MptcpConnection;
import io.hawser.core.pm.PmException;
import io.hawser.socket.Hawser;
import io.hawser.wire.Endpoint;
import io.hawser.wire.IpAddress;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out requests; each may block its session. */
final class Requests {
  private final Hawser hawser;
  private final Engine engine;
  private final Descriptors descriptors = new Descriptors();
  private final Sysctls sysctls;
  private final Opening opening;
  private final Transfer transfer;
  private final Readiness readiness;
  private final String version;

  Requests(Hawser hawser, ConnectionConfig defaults, String version) throws IOException {
    this.hawser = hawser;
    this.version = version;
    engine = new LoopEngine(hawser.loop());
    sysctls = new Sysctls(engine.stack().config(), defaults);
    opening = new Opening(engine, descriptors, sysctls::defaults, sysctls.fastOpen);
    transfer = new Transfer(engine, opening);
    readiness = new Readiness(descriptors);
  }

  /** One line in, one line out. */
  String answer(String line) {
    try {
      String result = execute(Request.parse(line));
      return result.isEmpty() ? "ok" : "ok " + result;
    } catch (SocketError e) {
      return "err " + e;
    } catch (PmException e) {
      return "err " + e.errno() + " " + e.getMessage();
    } catch (IllegalArgumentException e) {
      return "err EINVAL " + e.getMessage();
    } catch (IOException e) {
      return "err EIO " + e.getMessage();
    } catch (RuntimeException e) {
      return "err EIO " + e.toString().replace('\n', ' ');
    }
  }

  private String execute(Request r) throws IOException {
    return switch (r.operation()) {
      case "hello" -> "hawser " + version + " tcp mptcp ipv6 tcpinfo";
      case "socket" -> socket(r);
      case "poll" -> readiness.poll(r.longNumber(1), r.listFrom(2));
      case "addr" -> address(r);
      case "pm" -> hawser.execute(r.from(1));
      case "sysctl" -> engine.ask(now -> sysctls.execute(r.word(1), r.listFrom(2)));
      default -> onDescriptor(r);
    };
  }

  private String socket(Request r) {
    boolean v6 =
        switch (r.word(1)) {
          case "inet" -> false;
          case "inet6" -> true;
          default -> throw new SocketError("EAFNOSUPPORT", r.word(1));
        };
    if (!r.word(2).equals("stream")) {
      throw new SocketError("ENOSYS", "stream sockets only");
    }
    boolean multipath =
        switch (r.word(3)) {
          case "tcp" -> false;
          case "mptcp" -> true;
          default -> throw new SocketError("EPROTONOSUPPORT", r.word(3));
        };
    if (multipath && !engine.stack().config().mptcpEnabled) {
      throw new SocketError("ENOPROTOOPT", "net.mptcp.enabled is 0");
    }
    SocketOptions options = new SocketOptions(sysctls.defaults());
    return Integer.toString(descriptors.add(new Descriptor(v6, multipath, options)));
  }

  private String address(Request r) throws IOException {
    String text = r.word(2);
    int slash = text.indexOf('/');
    IpAddress address = Request.address(slash < 0 ? text : text.substring(0, slash));
    switch (r.word(1)) {
      case "add" -> hawser.addAddress(address);
      case "del", "delete" -> hawser.removeAddress(address);
      default -> throw new SocketError("EINVAL", "add or del");
    }
    return "";
  }

  private String onDescriptor(Request r) {
    int number = r.number(1);
    if (r.operation().equals("close")) {
      opening.close(descriptors.remove(number));
      return "";
    }
    Descriptor socket = descriptors.find(number);
    switch (r.operation()) {
      case "bind" -> opening.bind(socket, r.endpoint(2));
      case "listen" -> opening.listen(socket, r.number(2));
      case "accept" -> {
        return accept(socket);
      }
      case "connect" -> opening.connect(socket, r.endpoint(2));
      case "disconnect" -> opening.disconnect(socket);
      case "read" -> {
        return read(r, socket);
      }
      case "write" -> {
        byte[] bytes = r.hex(2);
        return Long.toString(transfer.write(socket, bytes, bytes.length, r.flags(3), target(r)));
      }
      case "writez" -> {
        return Long.toString(transfer.write(socket, null, r.longNumber(2), r.flags(3), target(r)));
      }
      case "shutdown" -> opening.shutdown(socket, r.word(2));
      case "nonblock" -> socket.nonblocking = r.number(2) != 0;
      case "setopt" -> setOption(r, socket);
      case "getopt" -> {
        return option(r, socket);
      }
      case "ioctl" -> {
        return ioctl(r, socket);
      }
      case "name" -> {
        return socket.name();
      }
      case "peer" -> {
        return peer(socket);
      }
      default -> throw new SocketError("ENOSYS", "no request is called " + r.operation());
    }
    return "";
  }

  private String accept(Descriptor socket) {
    Descriptor accepted = opening.accept(socket);
    Connection c = accepted.connection;
    if (c == null) {
      throw new SocketError("ECONNABORTED");
    }
    return descriptors.add(accepted) + " " + accepted.outward(c.remote());
  }

  private String read(Request r, Descriptor socket) {
    Set<Request.Flag> flags = r.flags(3);
    byte[] bytes = transfer.read(socket, r.number(2), flags);
    return bytes.length == 0 ? "0" : bytes.length + " " + HexFormat.of().formatHex(bytes);
  }

  private static @Nullable Endpoint target(Request r) {
    return r.arguments() >= 5 ? r.endpoint(4) : null;
  }

  private void setOption(Request r, Descriptor socket) {
    OptionName option = OptionName.parse(r.word(2), r.word(3));
    if (option.level().equals("ipv6") && !socket.v6) {
      throw new SocketError("ENOPROTOOPT", "an IPv4 socket");
    }
    if (option.name().equals("V6ONLY") && socket.bound != null) {
      throw new SocketError("EINVAL", "V6ONLY is set before bind");
    }
    socket.options.set(option, r.word(4));
    Connection c = socket.connection;
    if (c != null) {
      engine.tell(now -> OptionEffects.apply(socket, c, option, now));
    }
  }

  private String option(Request r, Descriptor socket) {
    OptionName option = OptionName.parse(r.word(2), r.word(3));
    return switch (option.toString()) {
      case "socket ERROR" -> {
        String failure = socket.takeFailure();
        yield Integer.toString(failure == null ? 0 : SocketError.number(failure));
      }
      case "tcp INFO" -> tcpInfo(socket);
      case "mptcp INFO" -> mptcpInfo(socket);
      case "mptcp TCPINFO", "mptcp SUBFLOW_ADDRS", "mptcp FULL_INFO" ->
          throw new SocketError("EOPNOTSUPP", "mptcp INFO and tcp INFO tell what is known");
      case "tcp IS_MPTCP" -> {
        Connection c = socket.connection;
        yield socket.multipath && (c == null || c.multipath()) ? "1" : "0";
      }
      case "socket TYPE" -> "1";
      case "socket DOMAIN" -> socket.v6 ? "10" : "2";
      case "socket PROTOCOL" -> isMultipath(socket) ? "262" : "6";
      case "tcp MAXSEG" -> Integer.toString(segment(socket));
      case "ip MTU", "ipv6 MTU" -> {
        if (socket.isDead()) {
          throw new SocketError("ENOTCONN");
        }
        yield Integer.toString(engine.stack().config().mtuBytes);
      }
      default -> socket.options.text(option);
    };
  }

  private static boolean isMultipath(Descriptor socket) {
    Connection c = socket.connection;
    return c == null ? socket.multipath : c.multipath() || socket.multipath;
  }

  private int segment(Descriptor socket) {
    Connection c = socket.connection;
    int wanted = (int) socket.options.number("tcp MAXSEG");
    if (c == null && wanted > 0) {
      return wanted;
    }
    return engine.ask(now -> {
      var tcp = c == null ? null : OptionEffects.first(c);
      return tcp == null ? 536 : tcp.mssBytes();
    });
  }

  private String tcpInfo(Descriptor socket) {
    Connection c = socket.connection;
    if (!(c instanceof MptcpConnection connection)) {
      return InfoText.unconnected(socket.isListening());
    }
    return engine.ask(now ->
        InfoText.of(
            connection,
            socket.writtenBytes - connection.snapshot().bytesSent(),
            socket.options.receiveBytes(),
            engine.stack().config().mtuBytes,
            now));
  }

  private String mptcpInfo(Descriptor socket) {
    Connection c = socket.connection;
    if (!(c instanceof MptcpConnection connection)) {
      return "mptcp=" + (socket.multipath ? 1 : 0) + " subflows=0 csum=0";
    }
    return engine.ask(now -> {
      int live = 0;
      for (var subflow : connection.snapshot().subflows()) {
        live += subflow.state().equals("CLOSED") ? 0 : 1;
      }
      boolean multi = connection.multipath();
      return "mptcp="
          + (multi ? 1 : 0)
          + " subflows="
          + (multi ? Math.max(0, live - 1) : 0)
          + " csum="
          + (connection.usesChecksums() ? 1 : 0);
    });
  }

  private String ioctl(Request r, Descriptor socket) {
    Connection c = socket.connection;
    if (c == null) {
      throw new SocketError(socket.isListening() ? "EINVAL" : "ENOTCONN");
    }
    return switch (r.word(2)) {
      case "inq" -> Long.toString(c.readableBytes());
      case "outq" ->
          engine.ask(now -> Long.toString(socket.writtenBytes - c.snapshot().bytesAcked()));
      case "outqnsd" ->
          engine.ask(now -> Long.toString(socket.writtenBytes - c.snapshot().bytesSent()));
      default -> throw new SocketError("EINVAL", r.word(2));
    };
  }

  private static String peer(Descriptor socket) {
    Connection c = socket.connection;
    if (c == null || c.phase() == Connection.Phase.CONNECTING) {
      throw new SocketError("ENOTCONN");
    }
    return socket.outward(c.remote());
  }
}
