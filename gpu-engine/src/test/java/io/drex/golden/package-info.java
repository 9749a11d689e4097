/**
 * What a forward pass in double precision says of the bundled model, kept in a file: the golden.
 *
 * <p>Read {@link io.drex.golden.ModelGolden} first, then {@link io.drex.golden.GoldenReference},
 * which computes it.
 */
@NullMarked
package io.drex.golden;

import org.jspecify.annotations.NullMarked;
