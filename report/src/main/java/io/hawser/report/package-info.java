/** Reads and writes what a run came to. */
package io.hawser.report;
