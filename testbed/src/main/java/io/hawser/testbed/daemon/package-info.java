/**
 * A testbed that outlives the command that made it: a process in the background owns it, others
 * talk to it over a Unix-domain socket, one JSON object a line.
 */
package io.hawser.testbed.daemon;
