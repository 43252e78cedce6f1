/** What networks and connections do. */
package io.hawser.insight;
