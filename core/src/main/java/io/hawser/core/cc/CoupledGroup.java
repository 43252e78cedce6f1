package io.hawser.core.cc;

import java.util.ArrayList;
import java.util.List;

/**
 * The subflows of one connection whose windows grow together (RFC 6356). Owned by the connection,
 * on the engine's thread.
 */
public final class CoupledGroup {
  final List<CoupledWindow> members = new ArrayList<>(1);

  /** A subflow has left. */
  public void leave(CongestionControl member) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).equals(member)) {
        members.remove(i);
        return;
      }
    }
  }

  /** Sum of the members' rates, segments per second. */
  double totalRate() {
    double sum = 0;
    for (CoupledWindow member : members) {
      sum += member.measured() ? member.rate() : 0;
    }
    return sum;
  }
}
