package io.hawser.proof;

import io.hawser.proof.attack.Floods;
import io.hawser.proof.attack.Forgeries;
import io.hawser.proof.attack.Holds;
import io.hawser.proof.attack.Receivers;
import io.hawser.proof.many.Crowd;
import io.hawser.proof.many.LongTransfer;
import java.util.function.Consumer;

/** Every attack and crowd, by name. */
public enum ProofCase {
  BLIND_RESET(Forgeries::resets),
  BLIND_SYN(Forgeries::syns),
  BLIND_DATA(Forgeries::data),
  BLIND_ACK(Forgeries::acks),
  BLIND_GUESSES_OVER_TIME(Forgeries::challenges),
  FORGED_ADD_ADDR(Forgeries::addresses),
  SYN_FLOOD(Floods::syns),
  JOIN_FLOOD_BAD_TOKENS(Floods::badTokens),
  JOIN_FLOOD_BAD_HMACS(Floods::badProofs),
  JOIN_FLOOD_BEYOND_LIMIT(Floods::goodJoins),
  ACK_DIVISION(Receivers::division),
  OPTIMISTIC_ACKS(Receivers::optimism),
  SACK_RENEGED(Receivers::reneging),
  TINY_MSS(Receivers::tinyMss),
  ZERO_WINDOW_HOLDS(Holds::zeroWindows),
  SLOW_READERS(Holds::slowReaders),
  TINY_SEGMENTS_UNREAD(Holds::tinySegments),
  ONE_AMONG_IDLE(Crowd::oneAmongIdle),
  OPENED_AND_CLOSED(Crowd::openedAndClosed),
  LONG_TRANSFER(LongTransfer::run);

  private final Consumer<Proof> body;

  ProofCase(Consumer<Proof> body) {
    this.body = body;
  }

  /**
   * Runs it.
   *
   * @throws ProofException if something does not hold
   */
  public void run(Proof proof) {
    body.accept(proof);
  }
}
