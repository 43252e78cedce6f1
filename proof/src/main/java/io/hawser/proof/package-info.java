/** Suites that bite: hand-made packets, fuzz targets, attacks, many connections, random worlds. */
package io.hawser.proof;
