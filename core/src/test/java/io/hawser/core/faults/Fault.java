package io.hawser.core.faults;

import org.jspecify.annotations.Nullable;

/**
 * Something that the stack fails to do: one method of one class does nothing but return a value.
 *
 * @param what in words
 * @param owner the class, from {@code io.hawser.core} on
 * @param method its method; every overload of it
 * @param called null: the method itself; else calls of a static method (class#name) in it, which
 *     then give the value
 * @param value what it returns: a number, a flag, or null for void and references
 * @param bitten the test class that turns red, from {@code io.hawser.core} on
 */
record Fault(
    String what,
    String owner,
    String method,
    @Nullable String called,
    @Nullable Object value,
    String bitten) {
  private static final String ROOT = "io.hawser.core.";

  static Fault of(String what, String owner, String method, @Nullable Object value, String bitten) {
    return new Fault(what, owner, method, null, value, bitten);
  }

  String className() {
    return ROOT + owner;
  }

  String testName() {
    return ROOT + bitten;
  }

  @Override
  public String toString() {
    return what;
  }
}
