package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.HeadReadings;
import io.drex.model.ConfidenceMetric;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What heads read of logits that they do not keep. */
class HeadKernelsTest {

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void readsTheMetricOfEachHeadRow(ConfidenceMetric metric) {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int vocab = random.nextBoolean() ? 1 + random.nextInt(20) : 100 + random.nextInt(400);
          HeadCase head = new HeadCase(gpu, random, 1 + random.nextInt(12), vocab, 40);
          head.run(8, metric);
          for (int row = 0; row < head.step.heads; row++) {
            double[] logits = logits(head, row);
            int best = likeliest(logits);
            assertThat(head.tokens()[row]).isEqualTo(best);
            double logProb = -Math.log(sum(logits, logits[best]));
            assertThat((double) head.logProbs()[row]).isCloseTo(logProb, within(1e-5));
            double confidence = confidence(metric, logits, head.cosines()[row]);
            if (vocab > 1 || metric != ConfidenceMetric.LOGIT_MARGIN) {
              assertThat((double) head.confidences()[row]).isCloseTo(confidence, within(2e-5));
            }
          }
        });
  }

  @Test
  void everyBlockSizeGivesTheSameBits() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          HeadCase head = new HeadCase(gpu, random, 50, 300, 1 + random.nextInt(100));
          head.run(8, ConfidenceMetric.ENTROPY);
          float[] confidences = head.confidences();
          float[] logProbs = head.logProbs();
          for (int blockRows : new int[] {32, 128}) {
            head.run(blockRows, ConfidenceMetric.ENTROPY);
            assertThat(head.confidences()).isEqualTo(confidences);
            assertThat(head.logProbs()).isEqualTo(logProbs);
          }
        });
  }

  @Test
  void takesTheLowestOfEqualTokens() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          HeadCase head = new HeadCase(gpu, random, 5, 400, 16);
          float[] weights = head.head.weights();
          int best = likeliest(logits(head, 0));
          for (int twin : new int[] {399, 17, 200}) {
            System.arraycopy(weights, best * 16, weights, twin * 16, 16);
          }
          head.run(32, ConfidenceMetric.MARGIN);
          assertThat(head.tokens()[0]).isEqualTo(Math.min(best, 17));
          assertThat(head.confidences()[0]).isZero();
        });
  }

  @Test
  void saysWhichRowsAreNotFinite() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          HeadCase head = new HeadCase(gpu, random, 30, 200, 20);
          float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
          int row = random.nextInt(head.step.heads);
          head.x[row * 32 + 3] = odd[random.nextInt(3)];
          head.run(8, ConfidenceMetric.MARGIN);
          for (int i = 0; i < head.step.heads; i++) {
            boolean isFinite = head.tokens()[i] != HeadReadings.NOT_FINITE;
            assertThat(isFinite).as("head row %d", i).isEqualTo(i != row);
          }
          assertThat(head.confidences()[row]).isZero();
        });
  }

  @Test
  void keepsLogitsOnlyWhereSomeHeadSamples() {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          HeadCase head = new HeadCase(gpu, random, 12, 150, 33);
          float poison = Float.intBitsToFloat(0xCDCDCDCD);
          head.run(8, ConfidenceMetric.MARGIN);
          assertThat(head.logits()).containsOnly(poison);
          head.step.flags = 1;
          head.run(8, ConfidenceMetric.MARGIN);
          float[] kept = head.logits();
          for (int i = 0; i < kept.length; i++) {
            int token = i % head.stride;
            if (token < head.vocab()) {
              double logit = head.logit(i / head.stride, token);
              assertThat((double) kept[i]).isCloseTo(logit, within(1e-5));
            } else {
              assertThat(kept[i]).isEqualTo(poison);
            }
          }
        });
  }

  private static double[] logits(HeadCase head, int row) {
    double[] logits = new double[head.vocab()];
    Arrays.setAll(logits, token -> head.logit(row, token));
    return logits;
  }

  private static int likeliest(double[] logits) {
    int best = 0;
    for (int token = 1; token < logits.length; token++) {
      best = logits[token] > logits[best] ? token : best;
    }
    return best;
  }

  private static double sum(double[] logits, double max) {
    return Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
  }

  private static double confidence(ConfidenceMetric metric, double[] logits, double cosine) {
    double[] sorted = logits.clone();
    Arrays.sort(sorted);
    double max = sorted[sorted.length - 1];
    double second = sorted.length > 1 ? sorted[sorted.length - 2] : Double.NEGATIVE_INFINITY;
    double sum = sum(logits, max);
    return switch (metric) {
      case MARGIN -> (1 - Math.exp(second - max)) / sum;
      case MAX_PROB -> 1 / sum;
      case LOGIT_MARGIN -> max - second;
      case ENTROPY -> logits.length == 1 ? 1 : 1 - entropy(logits) / Math.log(logits.length);
      case HIDDEN_COSINE -> cosine;
    };
  }

  private static double entropy(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = sum(logits, max);
    return Arrays.stream(logits)
        .map(logit -> Math.exp(logit - max) / sum)
        .map(p -> p > 0 ? -p * Math.log(p) : 0)
        .sum();
  }
}
