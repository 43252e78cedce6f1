package io.hawser.testbed.daemon;

import io.hawser.linux.Errno;
import io.hawser.linux.KernelPathEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One MPTCP connection of the kernel: its number, its subflows, and what was told of it. */
final class KernelEntry {
  /** RFC 8684 section 3.6: reasons of MP_TCPRST. */
  private static final String[] RESET_REASONS = {
    "",
    "MPTCP error",
    "lack of resources",
    "administratively prohibited",
    "too much data outstanding",
    "unacceptable performance",
    "middlebox interference"
  };

  private final long number;
  private final SubflowEnds initial;
  private final Map<SubflowEnds, Integer> subflows = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private int ends;
  private boolean closed;
  private boolean fellBack;

  KernelEntry(long number, SubflowEnds initial) {
    this.number = number;
    this.initial = initial;
    open.add(subflow(initial));
  }

  long number() {
    return number;
  }

  SubflowEnds initial() {
    return initial;
  }

  /** The subflow's number, from 0. */
  int subflow(SubflowEnds ends) {
    return subflows.computeIfAbsent(ends.sorted(), _ -> subflows.size());
  }

  void hasOneMoreEnd() {
    ends++;
  }

  /** Whether that was the last one. */
  boolean hasOneEndLess() {
    return --ends == 0;
  }

  /** Whether this is news. */
  boolean opens(int subflow) {
    return open.add(subflow);
  }

  /** Whether this is news. */
  boolean closes(int subflow) {
    return open.remove(subflow);
  }

  /** Whether this is news. */
  boolean closes() {
    boolean news = !closed;
    closed = true;
    return news;
  }

  /** Whether this is news. */
  boolean fallsBack() {
    boolean news = !fellBack;
    fellBack = true;
    return news;
  }

  static String reason(KernelPathEvent.SubflowClosed event) {
    String error = event.errno() == 0 ? "" : Errno.name(event.errno());
    int reset = event.resetReason();
    if (reset <= 0) {
      return error;
    }
    String why =
        "reset, " + (reset < RESET_REASONS.length ? RESET_REASONS[reset] : "reason " + reset);
    return error.isEmpty() ? why : error + ", " + why;
  }
}
