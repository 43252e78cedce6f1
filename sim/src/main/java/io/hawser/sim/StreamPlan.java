package io.hawser.sim;

/**
 * What one end of a connection does, in random steps.
 *
 * @param sendBytes how much it writes
 * @param sendSeed the pattern of what it writes
 * @param expectBytes how much the other end writes
 * @param expectSeed the pattern of that
 * @param largestWrite bytes of one write at most
 * @param largestRead bytes of one read at most
 * @param pausePpm after how many of a million reads and writes it rests
 * @param longestPauseNs how long it rests at most
 * @param closing how it ends
 */
public record StreamPlan(
    long sendBytes,
    long sendSeed,
    long expectBytes,
    long expectSeed,
    int largestWrite,
    int largestRead,
    int pausePpm,
    long longestPauseNs,
    Closing closing) {

  /** When an end says that it will write no more. */
  public enum Closing {
    /** As soon as it has written everything. */
    AFTER_WRITING,
    /** After it has also read everything, by close alone. */
    AFTER_READING,
    /** As soon as both is done, in an action of its own a while later. */
    LATER
  }

  /** Everything in large steps without a rest. */
  public static StreamPlan bulk(long sendBytes, long expectBytes, long seed) {
    return new StreamPlan(
        sendBytes, seed, expectBytes, seed + 1, 65_536, 65_536, 0, 1, Closing.AFTER_WRITING);
  }

  /** What the other end has to do so that both agree. */
  public StreamPlan mirrored() {
    return new StreamPlan(
        expectBytes,
        expectSeed,
        sendBytes,
        sendSeed,
        largestWrite,
        largestRead,
        pausePpm,
        longestPauseNs,
        closing);
  }

  /** The same with other steps. */
  public StreamPlan withSteps(int write, int read, int pauses, long pauseNs, Closing nextClosing) {
    return new StreamPlan(
        sendBytes, sendSeed, expectBytes, expectSeed, write, read, pauses, pauseNs, nextClosing);
  }
}
