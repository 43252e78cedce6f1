/** What an application holds: one connection, its settings and figures. */
package io.hawser.core.api;
