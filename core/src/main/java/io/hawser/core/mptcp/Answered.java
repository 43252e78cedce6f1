package io.hawser.core.mptcp;

/**
 * A SYN/ACK that has left before there was a connection, with a SYN cookie.
 *
 * @param sequence its initial sequence number
 * @param key the MPTCP key it carried if the SYN offered MPTCP
 */
public record Answered(int sequence, long key) {}
