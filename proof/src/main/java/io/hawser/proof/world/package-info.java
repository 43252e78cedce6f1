/** Random worlds: two stacks, two paths and whatever a seed makes of them. */
package io.hawser.proof.world;
