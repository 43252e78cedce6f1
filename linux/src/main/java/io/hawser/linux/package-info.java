/** Module linux. */
package io.hawser.linux;
