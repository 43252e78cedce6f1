/** The commands of {@code hawser testbed}. */
package io.hawser.cli.testbed;
