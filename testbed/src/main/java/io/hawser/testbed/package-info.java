/** Two hosts and the links between them, on one machine. */
package io.hawser.testbed;
