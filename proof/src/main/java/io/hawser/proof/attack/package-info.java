/** Attacks: service goes on, and memory is bounded. */
package io.hawser.proof.attack;
