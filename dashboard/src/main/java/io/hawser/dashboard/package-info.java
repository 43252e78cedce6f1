/** The live page and the terminal graph. */
package io.hawser.dashboard;
