package io.drex.demo.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Lays samples out as one batch and draws which article positions pay and which summary positions
 * exit. The order of the draws is part of the recipe. Used once, by one thread.
 */
final class BatchBuilder {
  private final Draws draws;
  private final int length;
  private final long[] ids;
  private final float[] depths;
  private final Payers summary;
  private final Payers article;

  /**
   * What is left to chance.
   *
   * @param random the step's own
   * @param articleShare share of article positions that pay
   * @param maskMax largest share of a sequence's summary positions that exit; 0 for none
   * @param ramps depths to exit at
   */
  record Draws(RandomGenerator random, double articleShare, double maskMax, List<Integer> ramps) {}

  private BatchBuilder(List<Sample> samples, int layers, Draws draws) {
    this.draws = draws;
    length = samples.stream().mapToInt(Sample::positions).max().orElse(1);
    ids = new long[samples.size() * length];
    depths = new float[draws.maskMax() > 0 ? ids.length : 0];
    Arrays.fill(depths, layers);
    summary = new Payers(ids.length);
    article = new Payers(ids.length);
  }

  static Batch build(List<Sample> samples, int layers, Draws draws) {
    BatchBuilder builder = new BatchBuilder(samples, layers, draws);
    for (int row = 0; row < samples.size(); row++) {
      builder.add(row * builder.length, samples.get(row));
    }
    int summaries = builder.summary.count;
    builder.summary.addAll(builder.article);
    return new Batch(
        samples.size(),
        builder.length,
        builder.ids,
        Arrays.copyOf(builder.summary.positions, builder.summary.count),
        Arrays.copyOf(builder.summary.targets, builder.summary.count),
        summaries,
        builder.depths);
  }

  private void add(int begin, Sample sample) {
    RandomGenerator random = draws.random();
    double exits = draws.maskMax() * random.nextDouble();
    for (int offset = 0; offset < sample.positions(); offset++) {
      int position = begin + offset;
      int target = sample.ids()[offset + 1];
      ids[position] = sample.ids()[offset];
      if (offset + 1 < sample.summaryStart()) {
        if (random.nextDouble() < draws.articleShare()) {
          article.add(position, target);
        }
      } else {
        summary.add(position, target);
        // The prompt's last token is read at full depth, as the product prefills it.
        boolean mayExit = depths.length > 0 && offset >= sample.summaryStart();
        if (mayExit && random.nextDouble() < exits) {
          depths[position] = draws.ramps().get(random.nextInt(draws.ramps().size()));
        }
      }
    }
  }

  private static final class Payers {
    final long[] positions;
    final long[] targets;
    int count;

    Payers(int most) {
      positions = new long[most];
      targets = new long[most];
    }

    void add(long position, long target) {
      positions[count] = position;
      targets[count++] = target;
    }

    void addAll(Payers other) {
      System.arraycopy(other.positions, 0, positions, count, other.count);
      System.arraycopy(other.targets, 0, targets, count, other.count);
      count += other.count;
    }
  }
}
