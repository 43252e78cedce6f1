/** The engine: a value that is fed packets and time, and asked. */
package io.hawser.core;
