/**
 * Prompt batches in, completion batches out, with fixed Arrow schemas. Start with {@link
 * io.drex.arrow.PromptBatch} and {@link io.drex.arrow.CompletionBatch}.
 */
@NullMarked
package io.drex.arrow;

import org.jspecify.annotations.NullMarked;
