package io.hawser.cli.driver;

import io.hawser.core.StackConfig;
import io.hawser.core.api.ConnectionConfig;
import io.hawser.core.cc.CongestionControls;
import io.hawser.core.sched.Schedulers;
import io.hawser.core.tcp.TcpConfig;
import java.util.List;

/** Linux's sysctls, as far as the stack has what they set. */
final class Sysctls {
  private static final long SECOND_NS = 1_000_000_000L;

  final FastOpenRules fastOpen = new FastOpenRules();
  private final StackConfig config;
  private volatile ConnectionConfig defaults;
  private long[] receiveMemory = {4096, 131_072, 6 << 20};
  private long[] sendMemory = {4096, 16_384, 4 << 20};

  Sysctls(StackConfig config, ConnectionConfig defaults) {
    this.config = config;
    this.defaults = defaults;
  }

  /** Settings of the next connection. */
  ConnectionConfig defaults() {
    return defaults;
  }

  /** Sets a value, or tells it if there is none to set; on the stack's thread. */
  String execute(String fullName, List<String> values) {
    String name =
        fullName.startsWith("net.ipv4.") ? fullName.substring("net.ipv4.".length()) : fullName;
    if (values.isEmpty()) {
      return value(name);
    }
    List<String> words = List.of(String.join(" ", values).replace("\"", "").trim().split("\\s+"));
    if (!text(name, words.getFirst()) && !memory(name, words)) {
      set(name, number(words.getFirst()));
    }
    return "";
  }

  private static long number(String word) {
    boolean hexadecimal = word.startsWith("0x");
    try {
      return hexadecimal ? Long.parseLong(word, 2, word.length(), 16) : Request.number(word);
    } catch (NumberFormatException e) {
      throw new SocketError("EINVAL", "not a number: " + word);
    }
  }

  private static SocketError unknown(String name) {
    return new SocketError("ENOENT", "no sysctl " + name + " here");
  }

  private boolean text(String name, String word) {
    switch (name) {
      case "tcp_congestion_control" -> {
        if (!CongestionControls.NAMES.contains(word)) {
          throw new SocketError("ENOENT", "no congestion control is called " + word);
        }
        defaults = defaults.withCongestionControl(word);
      }
      case "net.mptcp.scheduler" -> {
        String scheduler = word.equals("default") ? "lowest-rtt" : word;
        if (!Schedulers.NAMES.contains(scheduler)) {
          throw new SocketError("ENOENT", "no scheduler is called " + word);
        }
        defaults = defaults.withScheduler(scheduler);
      }
      case "tcp_fastopen_key" -> config.fastOpenKey = FastOpenRules.key(word);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** tcp_rmem and tcp_wmem: least, first and largest size of a buffer. */
  private boolean memory(String name, List<String> words) {
    boolean receive = name.equals("tcp_rmem");
    if (!receive && !name.equals("tcp_wmem")) {
      return false;
    }
    if (words.size() != 3) {
      throw new SocketError("EINVAL", name + " has three numbers");
    }
    long[] sizes = words.stream().mapToLong(Request::number).toArray();
    if (sizes[0] < 1 || sizes[1] < 1 || sizes[2] < 1) {
      throw new SocketError("EINVAL", name + " is positive");
    }
    int most = (int) Math.min(64 << 20, Math.max(sizes[1], sizes[2]));
    if (receive) {
      receiveMemory = sizes;
      // Linux's rule: the scale with which the largest buffer fits 16 bits.
      int bits = 63 - Long.numberOfLeadingZeros(Math.max(sizes[2], 65_535));
      config.tcp.windowScale = Math.clamp(bits - 15L, 0, 14);
      defaults = defaults.withBuffers(defaults.buffers().withReceive(Math.max(2304, most / 2)));
    } else {
      sendMemory = sizes;
      defaults = defaults.withBuffers(defaults.buffers().withSend(Math.max(4608, most)));
    }
    return true;
  }

  private void set(String name, long value) {
    TcpConfig tcp = config.tcp;
    switch (name) {
      case "net.mptcp.enabled" -> config.mptcpEnabled = value != 0;
      case "net.mptcp.checksum_enabled" -> config.mptcpChecksum = value != 0;
      case "net.mptcp.add_addr_timeout" -> config.addAddrTimeoutNs = value * SECOND_NS;
      case "tcp_syn_retries" -> tcp.synRetries = (int) in(name, value, 1, 127);
      case "tcp_synack_retries" -> tcp.synAckRetries = (int) in(name, value, 0, 255);
      case "tcp_retries2" -> tcp.retries2 = (int) in(name, value, 0, 255);
      case "tcp_timestamps" -> tcp.timestamps = value != 0;
      case "tcp_sack" -> tcp.sack = value != 0;
      case "tcp_window_scaling" -> tcp.windowScaling = value != 0;
      case "tcp_slow_start_after_idle" -> tcp.slowStartAfterIdle = value != 0;
      case "tcp_fin_timeout" -> tcp.finTimeoutNs = value * SECOND_NS;
      case "tcp_keepalive_intvl" -> tcp.keepIntervalNs = value * SECOND_NS;
      case "tcp_keepalive_probes" -> tcp.keepProbes = (int) in(name, value, 1, 255);
      case "tcp_rto_min_us" -> tcp.minRtoNs = in(name, value, 1, 1_000_000) * 1000;
      case "tcp_fastopen" -> fastOpen.bits(value);
      case "ip_default_ttl" -> tcp.hopLimit = (int) in(name, value, 1, 255);
      default -> throw unknown(name);
    }
  }

  private static long in(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SocketError("EINVAL", name + " is " + least + " to " + most);
    }
    return value;
  }

  private String value(String name) {
    TcpConfig tcp = config.tcp;
    return switch (name) {
      case "tcp_congestion_control" -> defaults.congestionControl();
      case "net.mptcp.scheduler" -> defaults.scheduler();
      case "tcp_rmem" -> text(receiveMemory);
      case "tcp_wmem" -> text(sendMemory);
      case "net.mptcp.enabled" -> flag(config.mptcpEnabled);
      case "net.mptcp.checksum_enabled" -> flag(config.mptcpChecksum);
      case "net.mptcp.add_addr_timeout" -> Long.toString(config.addAddrTimeoutNs / SECOND_NS);
      case "tcp_syn_retries" -> Integer.toString(tcp.synRetries);
      case "tcp_synack_retries" -> Integer.toString(tcp.synAckRetries);
      case "tcp_retries2" -> Integer.toString(tcp.retries2);
      case "tcp_timestamps" -> flag(tcp.timestamps);
      case "tcp_sack" -> flag(tcp.sack);
      case "tcp_window_scaling" -> flag(tcp.windowScaling);
      case "tcp_slow_start_after_idle" -> flag(tcp.slowStartAfterIdle);
      case "tcp_fin_timeout" -> Long.toString(tcp.finTimeoutNs / SECOND_NS);
      case "tcp_keepalive_intvl" -> Long.toString(tcp.keepIntervalNs / SECOND_NS);
      case "tcp_keepalive_probes" -> Integer.toString(tcp.keepProbes);
      case "tcp_rto_min_us" -> Long.toString(tcp.minRtoNs / 1000);
      case "tcp_fastopen" -> Long.toString(fastOpen.bits());
      case "tcp_fastopen_key" -> FastOpenRules.text(config.fastOpenKey);
      case "ip_default_ttl" -> Integer.toString(tcp.hopLimit);
      default -> throw unknown(name);
    };
  }

  private static String text(long[] sizes) {
    return sizes[0] + " " + sizes[1] + " " + sizes[2];
  }

  private static String flag(boolean on) {
    return on ? "1" : "0";
  }
}
