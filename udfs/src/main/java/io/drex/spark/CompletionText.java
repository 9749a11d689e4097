package io.drex.spark;

import io.drex.engine.Completion;
import io.drex.tokenizer.StopStrings;
import io.drex.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * A completion's text as the output has it.
 *
 * @param stop strings before which it is cut; null if there are none
 */
record CompletionText(Tokenizer tokenizer, @Nullable StopStrings stop) {

  String of(Completion completion) {
    String text = tokenizer.decode(completion.tokens());
    return stop == null ? text : stop.cut(text);
  }
}
