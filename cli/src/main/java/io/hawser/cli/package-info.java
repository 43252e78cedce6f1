/** The command line: one class a command, no logic. */
package io.hawser.cli;
