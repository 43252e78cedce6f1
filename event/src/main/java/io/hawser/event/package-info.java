/** Every fact as a record. */
package io.hawser.event;
