/** Timers as data. */
package io.hawser.core.time;
