package io.drex.demo.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sequences of similar length, padded, with the positions that pay a loss. A position is the flat
 * index sequence × length + offset; it predicts the token that follows.
 *
 * @param sequences number of sequences
 * @param length tokens per sequence, padding included
 * @param ids [sequences][length], padded at the end
 * @param positions those that pay: summary positions, then article positions
 * @param targets the token that each of them predicts
 * @param summaryCount how many of the positions are of summaries
 * @param exitDepth [sequences][length]: layers above this depth take over its K and V; the model's
 *     layers where nothing is taken over; empty when no position of the batch exits
 * @param tokens tokens that are not padding
 * @param next where the batches after this one begin
 */
public record Batch(
    int sequences,
    int length,
    long[] ids,
    long[] positions,
    long[] targets,
    int summaryCount,
    float[] exitDepth,
    int tokens,
    Batches.Position next) {

  /** How much of a batch pays and exits; the draws are the step's own. */
  record Draws(RandomGenerator random, double articleShare, double maskMax, List<Integer> depths) {}

  static Batch of(List<Sample> samples, int layers, Draws draws, Batches.Position next) {
    int length = samples.stream().mapToInt(Sample::positions).max().orElse(1);
    long[] ids = new long[samples.size() * length];
    int tokens = 0;
    Payers summary = new Payers(ids.length);
    Payers article = new Payers(ids.length);
    float[] depths = new float[draws.maskMax() > 0 ? ids.length : 0];
    Arrays.fill(depths, layers);
    for (int row = 0; row < samples.size(); row++) {
      Sample sample = samples.get(row);
      double exits = draws.maskMax() * draws.random().nextDouble();
      tokens += sample.positions();
      for (int offset = 0; offset < sample.positions(); offset++) {
        int position = row * length + offset;
        ids[position] = sample.ids()[offset];
        int target = sample.ids()[offset + 1];
        if (offset + 1 < sample.summaryStart()) {
          if (draws.random().nextDouble() < draws.articleShare()) {
            article.add(position, target);
          }
          continue;
        }
        summary.add(position, target);
        if (depths.length > 0 && draws.random().nextDouble() < exits) {
          int ramp = draws.random().nextInt(draws.depths().size());
          depths[position] = draws.depths().get(ramp);
        }
      }
    }
    int summaryCount = summary.count;
    summary.addAll(article);
    return new Batch(
        samples.size(),
        length,
        ids,
        Arrays.copyOf(summary.positions, summary.count),
        Arrays.copyOf(summary.targets, summary.count),
        summaryCount,
        depths,
        tokens,
        next);
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
