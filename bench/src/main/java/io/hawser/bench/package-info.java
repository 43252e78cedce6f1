/** Side-by-side runs of Hawser and the kernel. */
@NullMarked
package io.hawser.bench;

import org.jspecify.annotations.NullMarked;
