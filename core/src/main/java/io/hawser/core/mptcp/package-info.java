/** Multipath TCP (RFC 8684): one connection. */
package io.hawser.core.mptcp;
