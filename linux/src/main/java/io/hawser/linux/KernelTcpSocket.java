package io.hawser.linux;

import io.hawser.wire.Endpoint;

/**
 * A TCP socket of any program as sock_diag shows it: a connection, or one subflow of MPTCP.
 *
 * @param state the TCP state's number: 1 is ESTABLISHED
 * @param inode the socket's number under {@code /proc/PID/fd}; 0 for a subflow, which no program
 *     holds
 */
public record KernelTcpSocket(
    int state, Endpoint local, Endpoint remote, int userId, long inode, TcpInfo info) {}
