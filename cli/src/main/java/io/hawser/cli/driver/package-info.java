/** The socket calls of an outside test suite, one line of text each, on a stack of our own. */
package io.hawser.cli.driver;
