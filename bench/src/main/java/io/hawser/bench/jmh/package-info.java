/** Micro-benchmarks (JMH) of the parts that run once a packet or more. */
@NullMarked
package io.hawser.bench.jmh;

import org.jspecify.annotations.NullMarked;
