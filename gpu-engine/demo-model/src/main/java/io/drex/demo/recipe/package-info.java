/**
 * How the bundled model is trained, without the arithmetic: shape, samples, batches, schedule and
 * the folder that is written. Read {@link io.drex.demo.recipe.Recipe} first, then {@link
 * io.drex.demo.recipe.Batches}.
 */
@NullMarked
package io.drex.demo.recipe;

import org.jspecify.annotations.NullMarked;
