package io.hawser.testbed.daemon;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.linux.KernelTcpSocket;
import io.hawser.linux.NetworkNamespace;
import io.hawser.linux.TcpEnds;
import io.hawser.sim.scenario.Topology;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * TCP connections between the hosts that were over before a list showed them: a line of the log for
 * each, with what they carried. Both ends tell of the end; a round is waited for the other one.
 */
final class BriefTcp {
  /** In a round of a quarter of a second; the rest is counted. */
  static final int MOST_LINES = 5;

  /** SYN and FIN of both directions count as bytes. */
  private static final long EMPTY_BYTES = 3;

  private static final int MOST_REMEMBERED = 4096;

  /** The news of one host. */
  record Gone(String host, TcpEnds ends) {
    void drop() throws IOException {
      var _ = ends.poll();
    }

    void close() {
      ends.close();
    }
  }

  /** A connection, by the end that the line is told from. */
  private static final class Brief {
    private final long round;
    private SubflowEnds ends;
    private KernelTcpSocket socket;
    private boolean byClient;

    Brief(long round, SubflowEnds ends, KernelTcpSocket socket, boolean byClient) {
      this.round = round;
      this.ends = ends;
      this.socket = socket;
      this.byClient = byClient;
    }
  }

  private final Predicate<SubflowEnds> isKnown;
  private final Map<SubflowEnds, Brief> waiting = new LinkedHashMap<>();
  private final Map<SubflowEnds, Boolean> done =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<SubflowEnds, Boolean> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };
  private long round;

  /** The predicate knows what is told elsewhere. */
  BriefTcp(Predicate<SubflowEnds> isKnown) {
    this.isKnown = isKnown;
  }

  static Gone listen(String host, NetworkNamespace namespace) throws IOException {
    return new Gone(host, TcpEnds.open(namespace));
  }

  /** What is told elsewhere, though its socket may go later. */
  void ignore(SubflowEnds sorted) {
    done.put(sorted, true);
  }

  /** Hears what went in a host. */
  void take(Gone source) throws IOException {
    boolean client = source.host.equals(Topology.CLIENT);
    for (KernelTcpSocket socket : source.ends.poll()) {
      SubflowEnds ends = SubflowEnds.of(socket.local(), socket.remote(), !client);
      SubflowEnds key = ends.sorted();
      boolean empty = socket.info().bytesAcked() + socket.info().bytesReceived() <= EMPTY_BYTES;
      boolean within = socket.local().address().equals(socket.remote().address());
      if (empty || within || done.containsKey(key) || isKnown.test(key)) {
        continue;
      }
      Brief before = waiting.get(key);
      if (before == null) {
        waiting.put(key, new Brief(round, ends, socket, client));
      } else if (client) {
        before.ends = ends;
        before.socket = socket;
        before.byClient = true;
      }
    }
  }

  /** Tells of those that have waited a round. */
  void tell(long nowNs, EventSink sink) {
    int lines = 0;
    int more = 0;
    long moreBytes = 0;
    Iterator<Map.Entry<SubflowEnds, Brief>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<SubflowEnds, Brief> entry = all.next();
      Brief one = entry.getValue();
      if (one.round == round) {
        continue;
      }
      all.remove();
      // MPTCP's own news may come after those of the socket.
      if (done.put(entry.getKey(), true) != null || isKnown.test(entry.getKey())) {
        continue;
      }
      if (++lines <= MOST_LINES) {
        sink.accept(new Event.Note(nowNs, line(one)));
      } else {
        more++;
        moreBytes += sent(one) + received(one);
      }
    }
    if (more > 0) {
      String text = more + " more short TCP connections carried " + size(moreBytes);
      sink.accept(new Event.Note(nowNs, text));
    }
    round++;
  }

  private static String line(Brief one) {
    long up = one.byClient ? sent(one) : received(one);
    long down = one.byClient ? received(one) : sent(one);
    return String.format(
        Locale.ROOT,
        "short TCP connection %s to %s: %s up, %s down, RTT %.1f ms",
        one.ends.client(),
        one.ends.server(),
        size(up),
        size(down),
        one.socket.info().rttMicros() / 1e3);
  }

  private static long sent(Brief one) {
    return Math.max(0, one.socket.info().bytesAcked() - 2);
  }

  private static long received(Brief one) {
    return Math.max(0, one.socket.info().bytesReceived() - 1);
  }

  private static String size(long bytes) {
    return bytes < 10_000
        ? bytes + " B"
        : bytes < 10_000_000
            ? bytes / 1000 + " kB"
            : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
