/**
 * The golden of the bundled model, from the corpus to the file: computed here, where the articles
 * are, and read by the engine's tests.
 *
 * <p>Read {@link io.drex.demo.golden.ModelGoldenTest} first, then {@code
 * io.drex.golden.GoldenReference}.
 */
@NullMarked
package io.drex.demo.golden;

import org.jspecify.annotations.NullMarked;
