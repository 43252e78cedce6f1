/** How fast interfaces send and receive. */
package io.hawser.insight.meter;
