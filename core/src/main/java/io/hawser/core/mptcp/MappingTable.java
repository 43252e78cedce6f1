package io.hawser.core.mptcp;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The mappings a subflow has been told and not used up, in order of subflow sequence. */
final class MappingTable {
  private static final int MOST = 4096;

  /** Kept to be used again: what a busy path has on hand, and nothing for an idle connection. */
  private static final int MOST_SPARES = 16;

  /** Nobody adds to it: a connection that never received costs nothing. */
  private static final ArrayDeque<DssMapping> NONE = new ArrayDeque<>(0);

  private ArrayDeque<DssMapping> mappings = NONE;
  private @Nullable DssMapping spare;
  private int spares;

  /** True if this very range is known: a mapping does not change once declared. */
  boolean knows(long ssn, int length) {
    DssMapping last = mappings.peekLast();
    if (last == null || ssn >= last.end()) {
      return false;
    }
    if (ssn >= last.ssn) {
      return last.covers(ssn);
    }
    for (DssMapping mapping : mappings) {
      if (mapping.covers(ssn)) {
        return true;
      }
    }
    return false;
  }

  /** Adds a mapping of a range that is not known; null if there are too many. */
  @Nullable DssMapping add(long ssn, long offset, int length) {
    if (mappings.size() >= MOST) {
      return null;
    }
    DssMapping mapping = unused();
    mapping.declare(ssn, offset, length);
    DssMapping last = mappings.peekLast();
    if (mappings == NONE) {
      mappings = new ArrayDeque<>(4);
    }
    if (last == null || ssn >= last.end()) {
      mappings.addLast(mapping);
      return mapping;
    }
    ArrayDeque<DssMapping> after = new ArrayDeque<>();
    while (!mappings.isEmpty() && mappings.getLast().ssn > ssn) {
      after.addFirst(mappings.removeLast());
    }
    mappings.addLast(mapping);
    mappings.addAll(after);
    return mapping;
  }

  private DssMapping unused() {
    DssMapping mapping = spare;
    if (mapping == null) {
      return new DssMapping();
    }
    spare = mapping.nextSpare;
    mapping.nextSpare = null;
    spares--;
    return mapping;
  }

  private void forget(DssMapping mapping) {
    mapping.drop();
    if (spares < MOST_SPARES) {
      mapping.nextSpare = spare;
      spare = mapping;
      spares++;
    }
  }

  /**
   * The mapping that covers a subflow sequence number, good until the next call; used-up ones
   * before it are forgotten.
   */
  @Nullable DssMapping find(long ssn) {
    DssMapping first = mappings.peekFirst();
    while (first != null && first.end() <= ssn) {
      forget(mappings.removeFirst());
      first = mappings.peekFirst();
    }
    if (first == null || first.covers(ssn)) {
      return first;
    }
    for (DssMapping mapping : mappings) {
      if (mapping.covers(ssn)) {
        return mapping;
      }
    }
    return null;
  }

  /** True if every mapping that is known says what plain TCP would mean. */
  boolean isIdentity() {
    for (DssMapping mapping : mappings) {
      if (mapping.offset != mapping.ssn - 1) {
        return false;
      }
    }
    return true;
  }

  /** The mapping of which some bytes wait for the rest, or null. */
  @Nullable DssMapping begun() {
    for (DssMapping mapping : mappings) {
      if (mapping.holdsPieces()) {
        return mapping;
      }
    }
    return null;
  }

  void clear() {
    for (Iterator<DssMapping> i = mappings.iterator(); i.hasNext(); ) {
      i.next().drop();
    }
    mappings.clear();
  }
}
