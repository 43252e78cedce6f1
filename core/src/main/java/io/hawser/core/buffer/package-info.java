/** Bytes on their way in and out. */
package io.hawser.core.buffer;
