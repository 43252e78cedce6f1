/** Congestion control. */
package io.hawser.core.cc;
