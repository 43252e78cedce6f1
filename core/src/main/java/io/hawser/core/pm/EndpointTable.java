package io.hawser.core.pm;

/**
 * The path manager endpoints of a stack: id, address, port, flags, and the limits, as {@code ip
 * mptcp} has them.
 */
public final class EndpointTable {}
