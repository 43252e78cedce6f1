/** Which paths to open, announce and close. */
package io.hawser.core.pm;
