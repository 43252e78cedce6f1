package io.hawser.core.tcp;

/**
 * Counters and estimates of one TCP connection, in the units of struct tcp_info where it has them.
 */
public final class TcpStats {}
