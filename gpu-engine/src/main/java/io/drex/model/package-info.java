/**
 * What a model is: its shape, its ramps, its weights as memory-mapped tensors, read from a Hugging
 * Face folder. Start with {@link io.drex.model.ModelSpec} and {@link io.drex.model.ModelLoader}.
 */
@NullMarked
package io.drex.model;

import org.jspecify.annotations.NullMarked;
