package io.hawser.insight.meter;

/**
 * One interface's speed over one interval, and since the meter began. Bits count what the kernel
 * counts: link-layer headers where there are any.
 *
 * @param atNs end of the interval, nanoTime
 * @param seconds how long the interval really was
 * @param rxTotalBytes bytes since the meter began
 */
public record Reading(
    String name,
    long atNs,
    double seconds,
    double rxBitsPerSecond,
    double txBitsPerSecond,
    double rxAverage,
    double txAverage,
    double rxPeak,
    double txPeak,
    long rxTotalBytes,
    long txTotalBytes) {}
