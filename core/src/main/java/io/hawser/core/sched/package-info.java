/** Which subflow carries what. */
package io.hawser.core.sched;
