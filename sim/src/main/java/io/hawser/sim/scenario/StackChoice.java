package io.hawser.sim.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which stack each end runs. */
public enum StackChoice {
  /** The kernel's TCP over the first link. */
  TCP("tcp"),
  /** The kernel's MPTCP at both ends. */
  MPTCP_KERNEL("mptcp-kernel"),
  /** Hawser at both ends. */
  HAWSER("hawser"),
  /** Hawser as client, the kernel's MPTCP as server. */
  HAWSER_KERNEL("hawser/mptcp-kernel"),
  /** The kernel's MPTCP as client, Hawser as server. */
  KERNEL_HAWSER("mptcp-kernel/hawser"),
  /** Hawser's TCP over the first link. */
  HAWSER_TCP("hawser-tcp"),
  /** SCTP with all addresses of both ends: one path at a time, the others idle. */
  SCTP("sctp");

  private final String word;

  StackChoice(String word) {
    this.word = word;
  }

  /** As users write it. */
  public String word() {
    return word;
  }

  /** Whether it uses several paths. */
  public boolean isMultipath() {
    return this != TCP && this != HAWSER_TCP;
  }

  /** Whether the client's end is Hawser. */
  public boolean hawserClient() {
    return this == HAWSER || this == HAWSER_KERNEL || this == HAWSER_TCP;
  }

  /** Whether the server's end is Hawser. */
  public boolean hawserServer() {
    return this == HAWSER || this == KERNEL_HAWSER || this == HAWSER_TCP;
  }

  /** The stack of this name. */
  public static StackChoice of(String text) {
    List<String> words = new ArrayList<>();
    for (StackChoice choice : values()) {
      if (choice.word.equals(text.toLowerCase(Locale.ROOT))) {
        return choice;
      }
      words.add(choice.word);
    }
    throw new IllegalArgumentException(
        "no stack '" + text + "'; there are " + String.join(", ", words));
  }
}
