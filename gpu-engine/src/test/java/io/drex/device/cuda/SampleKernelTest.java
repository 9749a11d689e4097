package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.Sampling;
import io.drex.device.cpu.kernel.SortingSampler;
import io.drex.model.ConfidenceMetric;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sampling on the device chooses what its definition says. */
class SampleKernelTest {
  private static final int HISTORY = 32;
  private static final int PARAMS = 8;

  @Test
  void choosesWhatASortingSamplerChooses() {
    KernelCase.forSeeds(
        6,
        (gpu, random) -> {
          int vocab = random.nextBoolean() ? 1 + random.nextInt(30) : 200 + random.nextInt(1500);
          HeadCase head = new HeadCase(gpu, random, 16, vocab, 16);
          head.step.flags = 1;
          head.run(32, ConfidenceMetric.MARGIN);
          int[] greedy = head.tokens();
          Sampling[] sampling = new Sampling[head.step.heads];
          Arrays.setAll(sampling, i -> i == 0 ? Sampling.GREEDY : sampling(random, vocab));
          long[] seeds = random.longs(head.step.heads).toArray();
          int[] history = random.ints((long) HISTORY * head.step.heads, 0, vocab).toArray();
          head.sample(params(sampling, seeds), history);

          float[] all = head.logits();
          assertThat(head.tokens()[0]).isEqualTo(greedy[0]);
          for (int i = 0; i < head.step.heads; i++) {
            float[] logits = Arrays.copyOfRange(all, i * head.stride, i * head.stride + vocab);
            int position = head.step.position[head.step.headRow[i]];
            int[] tokens = Arrays.copyOfRange(history, i * HISTORY, i * HISTORY + position + 1);
            int token = head.tokens()[i];
            assertThat(token)
                .as("%s of %d tokens", sampling[i], vocab)
                .isEqualTo(SortingSampler.choose(logits, sampling[i], seeds[i], tokens));
            assertThat((double) head.logProbs()[i]).isCloseTo(logProb(logits, token), within(1e-5));
          }
        });
  }

  private static double logProb(float[] logits, int token) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[token]);
    }
    return -Math.log(sum);
  }

  private static int[] params(Sampling[] sampling, long[] seeds) {
    int[] params = new int[PARAMS * sampling.length];
    for (int i = 0; i < sampling.length; i++) {
      int at = PARAMS * i;
      params[at] = Float.floatToRawIntBits(sampling[i].temperature());
      params[at + 1] = sampling[i].topK();
      params[at + 2] = Float.floatToRawIntBits(sampling[i].topP());
      params[at + 3] = Float.floatToRawIntBits(sampling[i].minP());
      params[at + 4] = Float.floatToRawIntBits(sampling[i].repetitionPenalty());
      params[at + 5] = (int) seeds[i];
      params[at + 6] = (int) (seeds[i] >>> 32);
      params[at + 7] = i * HISTORY;
    }
    return params;
  }

  private static Sampling sampling(Random random, int vocab) {
    return new Sampling(
        random.nextInt(8) == 0 ? 0 : .2f + 2 * random.nextFloat(),
        random.nextBoolean() ? 0 : 1 + random.nextInt(vocab + 2),
        random.nextBoolean() ? 1 : .05f + .95f * random.nextFloat(),
        random.nextBoolean() ? 0 : random.nextFloat() * .3f,
        random.nextBoolean() ? 1 : .3f + 2 * random.nextFloat());
  }
}
