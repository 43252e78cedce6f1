/** Plots as a list of shapes with fixed places, painted as SVG or as pixels alike. */
package io.hawser.report.plot;
