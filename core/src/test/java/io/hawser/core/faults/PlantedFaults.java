package io.hawser.core.faults;

import java.util.List;

/** The faults of the short set (house: tests that bite), and which test class each one meets. */
final class PlantedFaults {
  private PlantedFaults() {}

  static final List<Fault> ALL =
      List.of(
          // TCP: acknowledgements and loss
          Fault.of("no SACK is sent", "tcp.TcpReceiver", "sackBlocks", 0, "tcp.TcpDataTest"),
          Fault.of("SACK is not heeded", "tcp.LossRecovery", "selective", null, "tcp.TcpDataTest"),
          Fault.of(
              "D-SACK is not sent", "tcp.TcpReceiver", "noteDuplicate", null, "tcp.TcpDataTest"),
          Fault.of(
              "no retransmission time-out",
              "tcp.TcpSender",
              "onRetransmitTimer",
              false,
              "tcp.RequirementsTest"),
          Fault.of(
              "the time-out does not back off",
              "tcp.RttEstimator",
              "backOff",
              null,
              "tcp.RequirementsTest"),
          Fault.of(
              "no fast retransmit", "tcp.LossRecovery", "enterRecovery", null, "tcp.TcpDataTest"),
          Fault.of("RACK detects nothing", "tcp.Rack", "detect", 0L, "tcp.TcpDataTest"),
          Fault.of(
              "no tail loss probe", "tcp.TcpSender", "tailProbe", null, "tcp.RequirementsTest"),
          Fault.of(
              "no undo of a spurious reduction",
              "tcp.LossRecovery",
              "undo",
              null,
              "tcp.TcpDataTest"),
          Fault.of("F-RTO finds nothing", "tcp.Frto", "spurious", false, "tcp.SpuriousTimeoutTest"),
          Fault.of(
              "PRR does not count what was delivered", "tcp.Prr", "onAck", null, "tcp.PrrTest"),
          Fault.of(
              "no ACK is delayed to its timer",
              "tcp.TcpReceiver",
              "ackDelayed",
              false,
              "tcp.TcpDataTest"),
          // TCP: windows and pace
          Fault.of(
              "neither window probes nor keep-alives leave",
              "tcp.TcpControl",
              "sendProbe",
              false,
              "tcp.RequirementsTest"),
          Fault.of(
              "no update when a window opens",
              "mptcp.DataReceiver",
              "windowUpdateDue",
              false,
              "ReceiveWindowTest"),
          Fault.of(
              "no restart after idleness",
              "tcp.LossRecovery",
              "afterIdleness",
              null,
              "tcp.WindowUseTest"),
          Fault.of("no pacing", "tcp.Pacer", "holds", false, "tcp.PacerTest"),
          Fault.of("no Nagle", "mptcp.MptcpConnection", "holdsBack", false, "NagleTest"),
          Fault.of("ECN's echo is not heeded", "tcp.EcnState", "onEcho", false, "tcp.EcnTest"),
          Fault.of("marks are not echoed", "tcp.EcnState", "onData", false, "tcp.EcnTest"),
          Fault.of(
              "MTU black holes stay", "tcp.MtuSearch", "onTimeout", false, "tcp.MtuSearchTest"),
          // TCP: who may say what
          Fault.of("no PAWS", "tcp.TcpInput", "pawsExpired", true, "tcp.TcpSegmentsTest"),
          Fault.of(
              "any number is acceptable",
              "tcp.TcpInput",
              "acceptable",
              true,
              "tcp.TcpSegmentsTest"),
          Fault.of(
              "no challenge ACK", "tcp.TcpInput", "challengeLimited", null, "tcp.TcpSegmentsTest"),
          Fault.of("no RST to strangers", "Answers", "reset", null, "RejoinTest"),
          Fault.of(
              "no bound on what waits",
              "tcp.TcpReceiver",
              "overflows",
              false,
              "tcp.MisbehavingPeerTest"),
          Fault.of(
              "any ICMP error is believed",
              "tcp.TcpConnection",
              "isOutstanding",
              true,
              "tcp.BlindAttackTest"),
          Fault.of(
              "TIME-WAIT gives no way",
              "tcp.TcpConnection",
              "yieldsTo",
              false,
              "tcp.TimeWaitReuseTest"),
          Fault.of("no keep-alive", "tcp.TcpControl", "keepAlive", null, "tcp.RequirementsTest"),
          Fault.of(
              "no user timeout",
              "tcp.TcpSender",
              "userTimeoutAtNs",
              Long.MAX_VALUE,
              "tcp.TcpDataTest"),
          Fault.of(
              "mappings are left out too soon",
              "mptcp.SubflowInput",
              "dataHeard",
              true,
              "LeanMappingTest"),
          Fault.of(
              "a third ACK is not repeated", "mptcp.JoinProofs", "begin", null, "ProtocolTest"),
          Fault.of(
              "what was lost stays in crumbs", "tcp.TxRange", "join", false, "tcp.TcpDataTest"),
          Fault.of("no cookie is taken back", "tcp.SynCookies", "check", null, "SynCookiesTest"),
          // MPTCP: data
          Fault.of("no reinjection", "mptcp.DataSender", "reinjectAll", null, "PathLossTest"),
          Fault.of(
              "DATA_ACK is not heeded", "mptcp.PeerNews", "onDataAck", null, "HandshakeRulesTest"),
          Fault.of(
              "DATA_FIN is not heeded", "mptcp.PeerNews", "onDataFin", null, "HandshakeRulesTest"),
          Fault.of("DATA_FIN is not said", "mptcp.Ending", "sayFin", null, "DataFinTest"),
          Fault.of("checksums are ignored", "mptcp.DssMapping", "verifies", true, "ProtocolTest"),
          Fault.of(
              "MP_FAIL is not sent",
              "mptcp.SubflowOptions",
              "resetWithFail",
              null,
              "linux.FallbackCapturesTest"),
          Fault.of(
              "MP_FAIL is not heeded",
              "mptcp.PathWatch",
              "onFail",
              false,
              "linux.FallbackCapturesTest"),
          Fault.of(
              "unmapped data is waited for",
              "mptcp.PathWatch",
              "onUnmapped",
              null,
              "linux.FallbackCapturesTest"),
          Fault.of(
              "stripped options go unseen",
              "mptcp.SubflowInput",
              "lostOptions",
              false,
              "linux.FallbackCapturesTest"),
          Fault.of(
              "the infinite mapping is not sent",
              "mptcp.PathWatch",
              "writeInfiniteOrNothing",
              0,
              "linux.FallbackCapturesTest"),
          Fault.of(
              "data beyond the window is taken",
              "mptcp.DataReceiver",
              "beyondWindow",
              false,
              "mptcp.DataReceiverTest"),
          // MPTCP: paths
          new Fault(
              "a join's HMAC is ignored",
              "mptcp.SubflowInput",
              "readJoinAck",
              "MessageDigest#isEqual",
              true,
              "ProtocolTest"),
          Fault.of("joins have no limit", "mptcp.Opening", "isFull", false, "RejoinTest"),
          Fault.of(
              "a silent path is not left",
              "mptcp.PathWatch",
              "silenceAtNs",
              Long.MAX_VALUE,
              "PathLossTest"),
          Fault.of(
              "stale paths are not asked", "mptcp.PathWatch", "probeStale", null, "RejoinTest"),
          Fault.of(
              "backups are used like others", "mptcp.Subflow", "backup", false, "PathLossTest"),
          Fault.of(
              "MP_PRIO is not heeded",
              "mptcp.PeerNews",
              "onPriority",
              null,
              "linux.AddressCapturesTest"),
          Fault.of(
              "ADD_ADDR is not heeded",
              "mptcp.AddressExchange",
              "onAddAddr",
              null,
              "HandshakeRulesTest"),
          Fault.of(
              "ADD_ADDR's proof is a constant",
              "mptcp.Key",
              "addressHmac",
              7L,
              "linux.JoinCapturesTest"),
          Fault.of(
              "ADD_ADDR is said once", "mptcp.AddressExchange", "onTimer", null, "ProtocolTest"),
          Fault.of(
              "REMOVE_ADDR is not heeded",
              "mptcp.AddressExchange",
              "onRemoveAddr",
              null,
              "RemoveAddrTest"),
          Fault.of(
              "removed paths are not asked",
              "mptcp.RemovedPaths",
              "onTimer",
              null,
              "RemoveAddrTest"),
          Fault.of(
              "MP_FASTCLOSE is not heeded", "mptcp.Ending", "onFastClose", null, "ProtocolTest"),
          Fault.of(
              "resets give no reason", "mptcp.SubflowOptions", "resetWith", null, "ProtocolTest"),
          Fault.of("no make after break", "mptcp.PathKeeper", "mayReopen", false, "RejoinTest"),
          Fault.of("failed paths do not rest", "pm.PathBackoff", "resting", false, "RejoinTest"),
          Fault.of(
              "windows are not coupled", "cc.CoupledWindow", "observe", null, "cc.CoupledTest"),
          Fault.of(
              "SACKs are remembered though the peer reneges",
              "tcp.SackScoreboard",
              "forgetSacks",
              null,
              "tcp.WindowUseTest"),
          Fault.of(
              "duplicate ACKs tell nothing",
              "tcp.LossRecovery",
              "duplicateAck",
              null,
              "tcp.WindowUseTest"),
          Fault.of(
              "the reordering timer finds nothing",
              "tcp.LossRecovery",
              "onReorderingTimer",
              0L,
              "tcp.TcpDataTest"),
          Fault.of(
              "D-SACK is not heeded", "tcp.LossRecovery", "duplicate", null, "tcp.TcpDataTest"),
          Fault.of(
              "a window that is shut is not probed",
              "tcp.WindowProbes",
              "arm",
              null,
              "tcp.TcpDataTest"),
          Fault.of("silly segments", "tcp.PeerWindow", "useful", 1, "tcp.RequirementsTest"),
          Fault.of(
              "initial sequence numbers are constant",
              "InitialSequence",
              "of",
              1,
              "InitialSequenceTest"),
          Fault.of(
              "a Fast Open cookie is good for anybody",
              "tcp.FastOpenCookies",
              "hash",
              0L,
              "FastOpenCookieTest"),
          Fault.of(
              "TIME-WAIT never ends", "tcp.TcpConnection", "timeWait", null, "tcp.TcpSegmentsTest"),
          Fault.of(
              "no RST when a connection is aborted",
              "tcp.TcpControl",
              "reset",
              null,
              "tcp.TcpSegmentsTest"),
          Fault.of(
              "an old SYN replaces a TIME-WAIT",
              "tcp.TcpInput",
              "isCertainlyNew",
              true,
              "tcp.TimeWaitReuseTest"),
          Fault.of(
              "recovery sends what it likes", "tcp.Prr", "budget", 1 << 30, "tcp.WindowUseTest"),
          Fault.of(
              "the congestion window is ignored",
              "tcp.LossRecovery",
              "congestionRoom",
              1 << 30,
              "tcp.WindowUseTest"),
          Fault.of(
              "an unused window stays for ever",
              "tcp.WindowValidation",
              "lapsed",
              false,
              "tcp.WindowUseTest"),
          Fault.of(
              "an ECN echo does not slow down",
              "tcp.LossRecovery",
              "onCongestionEcho",
              null,
              "tcp.EcnTest"),
          Fault.of("no HyStart++", "cc.SlowStart", "over", false, "cc.SlowStartTest"),
          Fault.of(
              "Reno does not halve", "cc.RenoWindow", "reduce", null, "cc.CongestionControlTest"),
          Fault.of(
              "answers have no rhythm",
              "tcp.AckRhythm",
              "longestPauseNs",
              Long.MAX_VALUE,
              "tcp.AckRhythmTest"),
          Fault.of(
              "DATA_ACK is not sent",
              "mptcp.SubflowOptions",
              "ackBytes",
              0,
              "linux.DataCapturesTest"),
          Fault.of(
              "a DATA_ACK that lags is waited for",
              "mptcp.DataSender",
              "onLagTimer",
              null,
              "DataLagTest"),
          Fault.of(
              "a DSS without its checksum is taken",
              "mptcp.SubflowInput",
              "checksumPresenceWrong",
              true,
              "HandshakeRulesTest"),
          Fault.of(
              "mappings are taken for the identity",
              "mptcp.MptcpConnection",
              "multipath",
              false,
              "linux.JoinCapturesTest"),
          Fault.of(
              "the C flag is ignored",
              "mptcp.PathKeeper",
              "initialRemoteAllowed",
              true,
              "HandshakeRulesTest"),
          Fault.of(
              "unknown flags of MP_CAPABLE are ignored",
              "mptcp.Handshake",
              "acceptable",
              true,
              "HandshakeRulesTest"),
          Fault.of(
              "REMOVE_ADDR is believed whatever the probe says",
              "mptcp.Subflow",
              "answers",
              false,
              "RemoveAddrTest"),
          Fault.of(
              "REMOVE_ADDR is not sent", "mptcp.AddressExchange", "withdraw", null, "PathLossTest"),
          Fault.of(
              "no fall-back", "mptcp.PathWatch", "fallBack", null, "linux.FallbackCapturesTest"),
          Fault.of("MP_FAIL is not said", "mptcp.SubflowOptions", "fail", null, "ProtocolTest"),
          Fault.of("DATA_FIN is never due", "mptcp.DataSender", "finDue", false, "DataFinTest"),
          Fault.of(
              "paths that were refused do not rest",
              "pm.PathBackoff",
              "refused",
              null,
              "RejoinTest"),
          Fault.of(
              "the first address is not announced when it is back",
              "pm.Paths",
              "leaves",
              true,
              "pm.FullMeshTest"));
}
