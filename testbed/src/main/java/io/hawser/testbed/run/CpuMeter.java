package io.hawser.testbed.run;

import io.hawser.event.Event;
import io.hawser.event.EventSink;
import io.hawser.sim.scenario.Topology;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * Processor time of each end's threads: the application's, which do the kernel's work in their
 * system calls, and the loop of Hawser's stack. Threads belong to an end by the beginning of their
 * names. What the kernel does in interrupts for nobody in particular is not in it.
 */
final class CpuMeter {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<Long, Long> last = new HashMap<>();
  private long clientNs;
  private long serverNs;

  /** Adds what threads have used since the last call, and tells the sums. */
  void sample(long atNs, EventSink sink) {
    long[] ids = threads.getAllThreadIds();
    ThreadInfo[] infos = threads.getThreadInfo(ids);
    for (int i = 0; i < ids.length; i++) {
      if (infos[i] == null) {
        continue;
      }
      String name = infos[i].getThreadName();
      boolean isClient = name.startsWith(Ends.CLIENT_THREADS);
      if (!isClient && !name.startsWith(Ends.SERVER_THREADS)) {
        continue;
      }
      long nowNs = threads.getThreadCpuTime(ids[i]);
      if (nowNs >= 0) {
        Long beforeNs = last.put(ids[i], nowNs);
        long sinceNs = nowNs - (beforeNs == null ? 0 : beforeNs);
        clientNs += isClient ? sinceNs : 0;
        serverNs += isClient ? 0 : sinceNs;
      }
    }
    sink.accept(new Event.CpuSample(atNs, Topology.CLIENT, clientNs));
    sink.accept(new Event.CpuSample(atNs, Topology.SERVER, serverNs));
  }
}
