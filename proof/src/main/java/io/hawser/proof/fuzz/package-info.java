/** Fuzz targets and how they are run. */
package io.hawser.proof.fuzz;
