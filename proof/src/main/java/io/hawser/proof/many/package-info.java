/** Connections by the thousand. */
package io.hawser.proof.many;
