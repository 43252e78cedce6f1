/**
 * What Linux offers: TUN devices, kernel TCP and MPTCP sockets, network namespaces, and the
 * commands that set networks up.
 */
@NullMarked
package io.hawser.linux;

import org.jspecify.annotations.NullMarked;
