package io.hawser.cli;

import io.hawser.wire.IpAddress;
import io.hawser.workload.SctpPeer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One end of an SCTP transfer; started by the testbed in a host. */
@Command(name = "sctp-peer", hidden = true, description = "One end of a transfer over SCTP.")
final class SctpPeerCommand implements Callable<Integer> {
  @Option(names = "--listen", description = "Wait for the other end.")
  boolean listens;

  @Option(names = "--send", description = "Send; else receive.")
  boolean sends;

  @Option(names = "--local", split = ",", required = true, description = "Own addresses.")
  List<String> local = List.of();

  @Option(names = "--remote", split = ",", description = "The other end's addresses.")
  List<String> remote = List.of();

  @Option(names = "--port", defaultValue = "5001", description = "The listener's port.")
  int port;

  @Option(names = "--ms", defaultValue = "10000", description = "How long to send.")
  long millis;

  @Option(names = "--min-rto", defaultValue = "200", description = "Least RTO, ms.")
  int minRtoMs;

  @Option(names = "--heartbeat", defaultValue = "1000", description = "Heartbeat interval, ms.")
  int heartbeatMs;

  @Option(
      names = "--path-retransmissions",
      defaultValue = "2",
      description = "Timeouts in a row that make a path inactive.")
  int pathRetransmissions;

  @Option(names = "--seed", defaultValue = "1", description = "The seed of the data.")
  long seed;

  @Override
  public Integer call() throws Exception {
    SctpPeer.Task task =
        new SctpPeer.Task(
            listens,
            sends,
            local.stream().map(IpAddress::parse).toList(),
            remote.stream().map(IpAddress::parse).toList(),
            port,
            millis * 1_000_000,
            minRtoMs,
            heartbeatMs,
            pathRetransmissions,
            seed);
    new SctpPeer(task, System.out).run();
    System.out.flush();
    // The library's threads would keep the process alive.
    Runtime.getRuntime().halt(0);
    return 0;
  }
}
