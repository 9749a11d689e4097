package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.engine.Completion;
import io.drex.engine.ExitStats;
import io.drex.engine.FinishReason;
import io.drex.engine.RampTrace;
import io.drex.engine.Timing;
import io.drex.job.TestSample;
import io.drex.job.bench.Quality.Figure;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QualityTest {
  private static final Tokenizer TOKENIZER = TestSample.bundled().tokenizer();

  @Test
  void comparesPositionsWithFullDepthAndTextsWithReferences() throws BadPromptException {
    String reference = "A fire broke out in the old harbour.";
    int[] tokens = TOKENIZER.encode(Prompt.untrusted(reference));
    int[] shorter = Arrays.copyOf(tokens, tokens.length - 1);
    Quality quality =
        new Quality(
            TOKENIZER,
            List.of(reference, reference),
            List.of(completion(tokens), completion(tokens)));
    List<Completion> completions = List.of(completion(tokens), completion(shorter));
    assertThat(quality.of(completions, Figure.EXACT_MATCH)).isEqualTo(50);
    assertThat(quality.of(completions, Figure.AGREEMENT))
        .isEqualTo(100 - 50.0 / tokens.length, within(1e-9));
    assertThat(quality.of(completions, Figure.ROUGE_L)).isBetween(90.0, 100.0);
  }

  private static Completion completion(int[] tokens) {
    return new Completion(
        0,
        FinishReason.STOP,
        1,
        tokens,
        new short[tokens.length],
        new float[tokens.length],
        new float[tokens.length],
        new RampTrace(0, new float[0]),
        new ExitStats(new int[] {0}, 0, 0, 0),
        new Timing(0, 0, 0),
        null);
  }
}
