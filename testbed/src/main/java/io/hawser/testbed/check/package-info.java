/** Whether the emulated links do what they say. */
package io.hawser.testbed.check;
