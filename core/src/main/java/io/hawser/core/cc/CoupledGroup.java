package io.hawser.core.cc;

import java.util.ArrayList;
import java.util.List;

/**
 * The subflows of one connection whose windows grow together (RFC 6356). Owned by the connection,
 * on the engine's thread.
 */
public final class CoupledGroup {
  final List<Lia> members = new ArrayList<>();

  /** A subflow has left. */
  public void leave(CongestionControl member) {
    members.remove(member);
  }
}
