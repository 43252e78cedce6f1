package io.hawser.core.tcp;

/** Settings of a TCP connection. */
public final class TcpConfig {}
