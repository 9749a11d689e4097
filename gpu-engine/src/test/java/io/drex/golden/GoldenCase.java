package io.drex.golden;

import java.util.List;
import java.util.Map;

/**
 * One article and what the model makes of it.
 *
 * @param index of the article in the corpus with seed 0
 * @param article the text between the parts of the template
 * @param prompt the ids of the whole prompt
 * @param layers what the head says after each layer at the prompt's last position, by {@code
 *     max_prob}
 * @param completions under each {@link GoldenRamps}
 */
public record GoldenCase(
    long index,
    String article,
    int[] prompt,
    List<GoldenReading> layers,
    Map<GoldenRamps, GoldenCompletion> completions) {

  /** The completion under these ramps. */
  public GoldenCompletion completion(GoldenRamps ramps) {
    GoldenCompletion completion = completions.get(ramps);
    if (completion == null) {
      throw new AssertionError("article " + index + " has no completion for " + ramps);
    }
    return completion;
  }
}
