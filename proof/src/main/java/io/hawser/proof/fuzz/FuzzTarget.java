package io.hawser.proof.fuzz;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** What is fuzzed. */
public enum FuzzTarget {
  /** Every decoder of packets and options. */
  WIRE(WireFuzz.class, WireFuzz::fuzzerTestOneInput),
  /** A connection in each state of TCP, plain and multipath, against any segments. */
  STATES(StatesFuzz.class, StatesFuzz::fuzzerTestOneInput),
  /** ICMP and UDP at a stack with live connections. */
  ICMP(IcmpFuzz.class, IcmpFuzz::fuzzerTestOneInput),
  /** Sequences of operations of two applications over two paths. */
  OPERATIONS(OperationsFuzz.class, OperationsFuzz::fuzzerTestOneInput);

  private final Class<?> where;
  private final Consumer<byte[]> body;

  FuzzTarget(Class<?> where, Consumer<byte[]> body) {
    this.where = where;
    this.body = body;
  }

  /** Runs one input; what it throws is a finding. */
  public void run(byte[] input) {
    body.accept(input);
  }

  /** The class that Jazzer calls. */
  String className() {
    return where.getName();
  }

  /** The name that users type. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The target of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static FuzzTarget of(String word) {
    for (FuzzTarget target : values()) {
      if (target.word().equals(word)) {
        return target;
      }
    }
    throw new IllegalArgumentException(
        "no fuzz target \""
            + word
            + "\"; there are "
            + Arrays.stream(values()).map(FuzzTarget::word).toList());
  }
}
