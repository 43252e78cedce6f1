package io.hawser.sim;

import java.util.function.Consumer;

/**
 * What one direction of a link does to packets; immutable. Probabilities are parts per million.
 *
 * @param rateBitsPerSecond 0: as fast as packets come
 * @param delayNs propagation delay
 * @param jitterNs the delay varies by up to this much either way, without reordering
 * @param lossPpm packets lost on the wire, independently
 * @param reorderPpm packets that leave their place
 * @param reorderNs how much later (negative: earlier) such a packet arrives
 * @param duplicatePpm packets that arrive twice
 * @param corruptPpm packets of which one bit is flipped
 * @param corruptHidden flip only TCP payload and mend the TCP checksum, as a broken middlebox does
 * @param queueBytes packets that would exceed this are dropped at the tail; one packet always fits
 * @param codelTargetNs CoDel's target; 0: the queue drops at its tail alone
 * @param codelIntervalNs CoDel's interval
 * @param mtuBytes larger packets are dropped
 * @param overheadBytes counted on top of each packet for the rate (14: Ethernet)
 * @param up false: everything is dropped, what is under way too
 * @param blackhole true: packets go in and never come out
 */
public record LinkConfig(
    long rateBitsPerSecond,
    long delayNs,
    long jitterNs,
    int lossPpm,
    int reorderPpm,
    long reorderNs,
    int duplicatePpm,
    int corruptPpm,
    boolean corruptHidden,
    int queueBytes,
    long codelTargetNs,
    long codelIntervalNs,
    int mtuBytes,
    int overheadBytes,
    boolean up,
    boolean blackhole) {

  /** Unlimited rate, no delay, no faults, 256 KiB of queue, MTU 1500. */
  public static final LinkConfig DEFAULT = new Draft().freeze();

  /** Checks ranges. */
  public LinkConfig {
    check(rateBitsPerSecond >= 0, "rate", rateBitsPerSecond);
    check(delayNs >= 0, "delay", delayNs);
    check(jitterNs >= 0, "jitter", jitterNs);
    check(share(lossPpm), "loss", lossPpm);
    check(share(reorderPpm), "reorder", reorderPpm);
    check(share(duplicatePpm), "duplicate", duplicatePpm);
    check(share(corruptPpm), "corrupt", corruptPpm);
    check(queueBytes >= 0, "queue", queueBytes);
    check(codelTargetNs >= 0, "codel target", codelTargetNs);
    check(codelTargetNs == 0 || codelIntervalNs > 0, "codel interval", codelIntervalNs);
    check(mtuBytes >= 68 && mtuBytes <= 65_535, "mtu", mtuBytes);
    check(overheadBytes >= 0, "overhead", overheadBytes);
  }

  private static boolean share(int ppm) {
    return ppm >= 0 && ppm <= 1_000_000;
  }

  private static void check(boolean holds, String name, long value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " out of range: " + value);
    }
  }

  /**
   * Reads text like {@code rate=20mbit delay=30ms jitter=2ms loss=0.5% reorder=1%:5ms
   * duplicate=0.1% corrupt=0.01% queue=64kb aqm=codel:5ms:100ms mtu=1400 overhead=14}, with the
   * words {@code down}, {@code blackhole} and {@code hidden} (for corrupt) as flags.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  public static LinkConfig parse(String text) {
    return DEFAULT.with(text);
  }

  /** This, changed by text as in {@link #parse}; {@code up} and {@code noblackhole} also count. */
  public LinkConfig with(String text) {
    Draft draft = new Draft(this);
    LinkText.read(text, draft);
    return draft.freeze();
  }

  public LinkConfig withRate(long bitsPerSecond) {
    return edit(d -> d.rateBitsPerSecond = bitsPerSecond);
  }

  public LinkConfig withDelayNs(long ns) {
    return edit(d -> d.delayNs = ns);
  }

  public LinkConfig withJitterNs(long ns) {
    return edit(d -> d.jitterNs = ns);
  }

  public LinkConfig withLossPpm(int ppm) {
    return edit(d -> d.lossPpm = ppm);
  }

  /** Packets out of place, and by how much later (negative: earlier). */
  public LinkConfig withReorder(int ppm, long byNs) {
    return edit(d -> {
      d.reorderPpm = ppm;
      d.reorderNs = byNs;
    });
  }

  public LinkConfig withDuplicatePpm(int ppm) {
    return edit(d -> d.duplicatePpm = ppm);
  }

  /** Packets with a flipped bit; hidden: TCP's checksum is mended. */
  public LinkConfig withCorrupt(int ppm, boolean hidden) {
    return edit(d -> {
      d.corruptPpm = ppm;
      d.corruptHidden = hidden;
    });
  }

  public LinkConfig withQueueBytes(int bytes) {
    return edit(d -> d.queueBytes = bytes);
  }

  /** CoDel with these times (RFC 8289 section 4: 5 ms and 100 ms); target 0: none. */
  public LinkConfig withCodel(long targetNs, long intervalNs) {
    return edit(d -> {
      d.codelTargetNs = targetNs;
      d.codelIntervalNs = intervalNs;
    });
  }

  public LinkConfig withMtuBytes(int bytes) {
    return edit(d -> d.mtuBytes = bytes);
  }

  public LinkConfig withOverheadBytes(int bytes) {
    return edit(d -> d.overheadBytes = bytes);
  }

  public LinkConfig withUp(boolean on) {
    return edit(d -> d.up = on);
  }

  public LinkConfig withBlackhole(boolean on) {
    return edit(d -> d.blackhole = on);
  }

  private LinkConfig edit(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.freeze();
  }

  /** Text that {@link #parse} reads back as this. */
  @Override
  public String toString() {
    return LinkText.write(this);
  }

  /** The fields while they are being changed. */
  static final class Draft {
    long rateBitsPerSecond;
    long delayNs;
    long jitterNs;
    int lossPpm;
    int reorderPpm;
    long reorderNs = 1_000_000;
    int duplicatePpm;
    int corruptPpm;
    boolean corruptHidden;
    int queueBytes = 256 << 10;
    long codelTargetNs;
    long codelIntervalNs;
    int mtuBytes = 1500;
    int overheadBytes;
    boolean up = true;
    boolean blackhole;

    Draft() {}

    Draft(LinkConfig c) {
      rateBitsPerSecond = c.rateBitsPerSecond;
      delayNs = c.delayNs;
      jitterNs = c.jitterNs;
      lossPpm = c.lossPpm;
      reorderPpm = c.reorderPpm;
      reorderNs = c.reorderNs;
      duplicatePpm = c.duplicatePpm;
      corruptPpm = c.corruptPpm;
      corruptHidden = c.corruptHidden;
      queueBytes = c.queueBytes;
      codelTargetNs = c.codelTargetNs;
      codelIntervalNs = c.codelIntervalNs;
      mtuBytes = c.mtuBytes;
      overheadBytes = c.overheadBytes;
      up = c.up;
      blackhole = c.blackhole;
    }

    LinkConfig freeze() {
      return new LinkConfig(
          rateBitsPerSecond,
          delayNs,
          jitterNs,
          lossPpm,
          reorderPpm,
          reorderNs,
          duplicatePpm,
          corruptPpm,
          corruptHidden,
          queueBytes,
          codelTargetNs,
          codelIntervalNs,
          mtuBytes,
          overheadBytes,
          up,
          blackhole);
    }
  }
}
