/**
 * Text to token ids and back; template text is trusted, column text can never become control
 * tokens. Start with {@link io.drex.tokenizer.PromptTemplate} and {@link
 * io.drex.tokenizer.Tokenizer}.
 */
@NullMarked
package io.drex.tokenizer;

import org.jspecify.annotations.NullMarked;
