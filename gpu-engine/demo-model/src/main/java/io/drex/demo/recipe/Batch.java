package io.drex.demo.recipe;

import io.drex.demo.tokenizer.BpeTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Sequences of similar length, padded, with the positions that pay a loss. A position is the flat
 * index sequence × length + offset; it predicts the token that follows.
 *
 * @param sequences number of sequences
 * @param length positions per sequence, padding included
 * @param ids [sequences][length], padded at the end
 * @param positions those that pay: summary positions, then article positions
 * @param targets the token that each of them predicts
 * @param summaryCount how many of the positions are of summaries
 * @param exitDepth [sequences][length]: layers above this depth take over its K and V; the model's
 *     layers where nothing is taken over; empty when no position of the batch exits
 */
public record Batch(
    int sequences,
    int length,
    long[] ids,
    long[] positions,
    long[] targets,
    int summaryCount,
    float[] exitDepth) {

  /**
   * Some sequences of a batch.
   *
   * @param batch these sequences alone
   * @param summaries summary positions of the whole batch
   * @param articles article positions of the whole batch that pay
   */
  public record Shard(Batch batch, int summaries, int articles) {}

  /** How many positions pay for articles. */
  public int articleCount() {
    return positions.length - summaryCount;
  }

  /** How many positions are not padding. */
  public int tokens() {
    return (int) LongStream.of(ids).filter(id -> id != BpeTokenizer.PAD).count();
  }

  /** The batch in {@code parts} shards of as many sequences, or fewer shards of one sequence. */
  public List<Shard> shards(int parts) {
    List<Shard> shards = new ArrayList<>();
    int count = Math.min(parts, sequences);
    for (int part = 0; part < count; part++) {
      Batch some = rows(sequences * part / count, sequences * (part + 1) / count);
      shards.add(new Shard(some, summaryCount, articleCount()));
    }
    return shards;
  }

  /** The sequences [from, to). */
  private Batch rows(int from, int to) {
    int begin = from * length;
    int end = to * length;
    int[] kept = new int[positions.length];
    int count = 0;
    int summaries = 0;
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] >= begin && positions[i] < end) {
        kept[count++] = i;
        summaries += i < summaryCount ? 1 : 0;
      }
    }
    int[] payers = Arrays.copyOf(kept, count);
    return new Batch(
        to - from,
        length,
        Arrays.copyOfRange(ids, begin, end),
        Arrays.stream(payers).mapToLong(i -> positions[i] - begin).toArray(),
        Arrays.stream(payers).mapToLong(i -> targets[i]).toArray(),
        summaries,
        exitDepth.length == 0 ? exitDepth : Arrays.copyOfRange(exitDepth, begin, end));
  }
}
