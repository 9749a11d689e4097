package io.drex.device.sim;

import io.drex.model.LoadedModel;
import java.util.BitSet;

/** Has sequences end where they are to end, by the stop tokens of a model. */
final class StopTokens {
  private final BitSet ids = new BitSet();
  private final int first; // or -1
  private final int vocabSize;

  /**
   * @param model at least one of its tokens is no stop token
   */
  StopTokens(LoadedModel model) {
    model.stopTokens().forEach(ids::set);
    first = ids.nextSetBit(0);
    vocabSize = model.spec().vocabSize();
  }

  /**
   * The token to emit: a stop token if the sequence is to end and the model has one, and no stop
   * token if it is to go on.
   *
   * @param token that would be emitted
   */
  int ending(int token, boolean ends) {
    if (ends && first >= 0) {
      return first;
    }
    int id = token;
    while (ids.get(id)) {
      id = (id + 1) % vocabSize;
    }
    return id;
  }
}
