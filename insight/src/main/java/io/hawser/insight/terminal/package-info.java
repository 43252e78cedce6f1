/** Speeds drawn with the characters of a terminal. */
package io.hawser.insight.terminal;
