package io.hawser.core.tcp;

/** Builds headers and hands segments to the device; one for a stack. */
public final class TcpOutput {}
