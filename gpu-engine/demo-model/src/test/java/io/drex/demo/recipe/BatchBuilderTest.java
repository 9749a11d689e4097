package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchBuilderTest {
  // Two prompts of three and two tokens, summaries of two and three.
  private static final List<Sample> SAMPLES =
      List.of(
          new Sample(new int[] {1, 10, 11, 12, 2}, 3), new Sample(new int[] {1, 20, 21, 22, 2}, 2));

  @Test
  void everySummaryPositionPredictsTheTokenAfterIt() {
    Batch batch = build(SAMPLES, 0, 0);
    assertThat(batch.sequences()).isEqualTo(2);
    assertThat(batch.length()).isEqualTo(4);
    assertThat(batch.ids()).containsExactly(1, 10, 11, 12, 1, 20, 21, 22);
    assertThat(batch.positions()).containsExactly(2, 3, 5, 6, 7);
    assertThat(batch.targets()).containsExactly(12, 2, 21, 22, 2);
    assertThat(batch.summaryCount()).isEqualTo(5);
    assertThat(batch.exitDepth()).isEmpty();
  }

  @Test
  void articlePositionsPayAfterThoseOfSummaries() {
    Batch batch = build(SAMPLES, 1, 0);
    assertThat(batch.positions()).containsExactly(2, 3, 5, 6, 7, 0, 1, 4);
    assertThat(batch.targets()).containsExactly(12, 2, 21, 22, 2, 10, 11, 20);
    assertThat(batch.articleCount()).isEqualTo(3);
  }

  @Test
  void aShareOfArticlePositionsPays() {
    Batch batch = build(longSamples(), .25, 0);
    assertThat(batch.articleCount() / 10_000.).isBetween(.23, .27);
  }

  @Test
  void shorterSequencesArePaddedAndPaddingPaysNothing() {
    Batch batch = build(List.of(SAMPLES.get(0), new Sample(new int[] {1, 30, 2}, 1)), 1, .5);
    assertThat(batch.ids()).containsExactly(1, 10, 11, 12, 1, 30, 0, 0);
    assertThat(batch.positions()).doesNotContain(6, 7);
    assertThat(batch.tokens()).isEqualTo(6);
  }

  @Test
  void summaryPositionsAloneExitAtRampsAndInDifferentShares() {
    Batch batch = build(longSamples(), 0, .5);
    int exits = 0;
    double most = 0;
    for (int row = 0; row < batch.sequences(); row++) {
      int inRow = 0;
      for (int offset = 0; offset < batch.length(); offset++) {
        float depth = batch.exitDepth()[row * batch.length() + offset];
        assertThat(depth).isIn(1f, 3f, (float) TestRecipe.LAYERS);
        if (offset < 99) {
          assertThat(depth).isEqualTo(TestRecipe.LAYERS);
        }
        inRow += depth < TestRecipe.LAYERS ? 1 : 0;
      }
      exits += inRow;
      most = Math.max(most, inRow / 100.);
    }
    // The mean of U(0, .5) over 100 sequences; a sequence's share itself varies.
    assertThat(exits / 10_000.).isBetween(.2, .3);
    assertThat(most).isBetween(.4, .65);
  }

  @Test
  void shardsHoldTheWholeBatchOnce() {
    Batch batch = build(longSamples(), .25, .5);
    List<Batch.Shard> shards = batch.shards(3);
    assertThat(shards).hasSize(3);
    List<Long> ids = new ArrayList<>();
    List<Long> summaryTargets = new ArrayList<>();
    List<Long> articleTargets = new ArrayList<>();
    List<Float> depths = new ArrayList<>();
    for (Batch.Shard shard : shards) {
      Batch part = shard.batch();
      assertThat(shard.summaries()).isEqualTo(batch.summaryCount());
      assertThat(shard.articles()).isEqualTo(batch.articleCount());
      assertThat(part.sequences()).isBetween(33, 34);
      Arrays.stream(part.ids()).forEach(ids::add);
      for (int i = 0; i < part.targets().length; i++) {
        (i < part.summaryCount() ? summaryTargets : articleTargets).add(part.targets()[i]);
        assertThat(part.ids()[(int) part.positions()[i]]).isEqualTo(part.targets()[i] - 1);
      }
      for (float depth : part.exitDepth()) {
        depths.add(depth);
      }
    }
    assertThat(ids).isEqualTo(Arrays.stream(batch.ids()).boxed().toList());
    summaryTargets.addAll(articleTargets);
    assertThat(summaryTargets).isEqualTo(Arrays.stream(batch.targets()).boxed().toList());
    assertThat(depths)
        .isEqualTo(
            IntStream.range(0, batch.exitDepth().length)
                .mapToObj(i -> batch.exitDepth()[i])
                .toList());
  }

  @Test
  void thereAreNoMoreShardsThanSequences() {
    assertThat(build(SAMPLES, 0, 0).shards(5)).hasSize(2);
  }

  /** A hundred sequences of 101 prompt and 100 summary tokens that count up. */
  private static List<Sample> longSamples() {
    int[] ids = IntStream.range(1, 202).toArray();
    return java.util.Collections.nCopies(100, new Sample(ids, 101 - 1));
  }

  private static Batch build(List<Sample> samples, double articleShare, double maskMax) {
    var draws =
        new BatchBuilder.Draws(new SplittableRandom(1), articleShare, maskMax, TestRecipe.RAMPS);
    return BatchBuilder.build(samples, TestRecipe.LAYERS, draws);
  }
}
