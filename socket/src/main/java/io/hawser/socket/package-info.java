/** Module socket. */
package io.hawser.socket;
