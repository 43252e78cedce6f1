/** Module sim. */
package io.hawser.sim;
