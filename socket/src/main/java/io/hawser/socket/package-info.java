/**
 * Sockets over the user-space stack: factories, {@code Socket} and {@code ServerSocket}, and the
 * loop that drives a {@code Stack} in real time.
 */
package io.hawser.socket;
