/**
 * Trains the bundled model's tokenizer on its corpus. Read {@link
 * io.drex.demo.tokenizer.BpeTrainer} first, then {@link io.drex.demo.tokenizer.BpeTokenizer}.
 */
@NullMarked
package io.drex.demo.tokenizer;

import org.jspecify.annotations.NullMarked;
