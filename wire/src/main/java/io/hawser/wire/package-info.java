/** Packets as bytes, and the door they pass. */
package io.hawser.wire;
