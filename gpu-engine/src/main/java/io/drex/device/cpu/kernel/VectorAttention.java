package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.AttentionShape.TILE_QUERIES;
import static io.drex.device.cpu.kernel.KvCells.GROUP;
import static io.drex.device.cpu.kernel.VectorHeadValues.HEADS;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of a tile of queries that read one KV head, so that each K and V is loaded for four of
 * them: all scores, then the exponentials of each query, then the weighted sums. Where a KV head
 * has a single query, several heads go together. Used by one thread at a time.
 */
final class VectorAttention {
  /** Queries that a kernel takes at once. */
  private static final int FOUR = 4;

  /** Positions whose V is read for one column of elements after the other; they stay in cache. */
  private static final int CHUNK = 64;

  private final AttentionShape shape;
  private final VectorSums sums;
  private final KvAddresses addresses;
  private final VectorScores score;
  private final VectorValues value;
  private final VectorHeadValues headValues;
  private final boolean severalHeads; // whether single queries of KV heads go together

  /** [query][position], and room for four groups at the end of each query. */
  private final float[] scores;

  private final int stride; // of scores
  private final int aside; // where that room starts

  // The tile's queries, filled up to a multiple of four with the last.
  private int queries;
  private final int[] from = new int[TILE_QUERIES]; // where the query starts
  private final int[] to = new int[TILE_QUERIES]; // where its output starts
  private final int[] at = new int[TILE_QUERIES]; // where its scores start
  private final int[] context = new int[TILE_QUERIES];
  private final float[] inverse = new float[TILE_QUERIES]; // 1 / the sum of its weights

  VectorAttention(AttentionShape shape, VectorSums sums) {
    this.shape = shape;
    this.sums = sums;
    addresses = new KvAddresses(shape.maxContext());
    score = new VectorScores(shape);
    value = new VectorValues(shape, addresses);
    headValues = new VectorHeadValues(shape, addresses);
    severalHeads = shape.queriesPerKvHead() == 1 && VectorHeadValues.fits(shape);
    aside = KvCells.groupsFor(shape.maxContext()) * GROUP + GROUP;
    stride = aside + VectorScores.GROUPS * GROUP;
    int tile =
        Math.max(FOUR, Math.min(TILE_QUERIES, shape.rowsPerTile() * shape.queriesPerKvHead()));
    scores = new float[(tile + FOUR - 1) / FOUR * FOUR * stride];
  }

  void run(KvLayer kv, int[] table, AttentionTile tile, Panel q, Panel out) {
    addresses.find(kv.own(), table, tile.longestContext());
    int head = tile.firstKvHead;
    if (severalHeads && tile.rows == 1 && kv.isBf16()) {
      while (head + (HEADS - 1) * tile.kvHeadStep < shape.kvHeads()) {
        attendHeads(kv, table, head, tile, q, out);
        head += HEADS * tile.kvHeadStep;
      }
    }
    for (; head < shape.kvHeads(); head += tile.kvHeadStep) {
      queries = 0;
      for (int i = 0; i < tile.rows; i++) {
        for (int j = 0; j < shape.queriesPerKvHead(); j++) {
          int inRow = (head * shape.queriesPerKvHead() + j) * shape.headDim();
          from[queries] = q.at(tile.firstRow + i) + inRow;
          to[queries] = out.at(tile.firstRow + i) + inRow;
          context[queries] = tile.context + i;
          queries++;
          if (queries == TILE_QUERIES) {
            attend(kv, table, head, q.data, out.data);
            queries = 0;
          }
        }
      }
      if (queries > 0) {
        attend(kv, table, head, q.data, out.data);
      }
    }
  }

  /** Attends with the query of each of the tile's next KV heads, {@code firstHead} the first. */
  private void attendHeads(
      KvLayer kv, int[] table, int firstHead, AttentionTile tile, Panel q, Panel out) {
    queries = 1; // of a head
    for (int i = 0; i < HEADS; i++) {
      int head = firstHead + i * tile.kvHeadStep;
      int inRow = head * shape.headDim();
      headValues.inGroup[i] = kv.own().headAt(0, head);
      from[0] = q.at(tile.firstRow) + inRow;
      to[i] = out.at(tile.firstRow) + inRow;
      at[0] = i * stride;
      context[0] = tile.context;
      score(kv, table, headValues.inGroup[i], q.data);
      inverse[i] = weigh(0);
      Arrays.fill(out.data, to[i], to[i] + shape.headDim(), 0);
    }
    for (int i = 0; i < HEADS; i++) {
      at[i] = i * stride;
    }
    for (int p = 0; p < tile.context; p += CHUNK) {
      headValues.from = p;
      headValues.to = Math.min(p + CHUNK, tile.context);
      headValues.add(kv.bf16Values, scores, at, out.data, to);
    }
    for (int i = 0; i < HEADS; i++) {
      scale(out.data, to[i], inverse[i]);
    }
  }

  private void attend(KvLayer kv, int[] table, int kvHead, float[] q, float[] out) {
    for (int i = 0; i < TILE_QUERIES; i++) {
      int query = Math.min(i, queries - 1);
      from[i] = from[query];
      to[i] = to[query];
      at[i] = query * stride;
    }
    int inGroup = kv.own().headAt(0, kvHead);
    score(kv, table, inGroup, q);
    value.inGroup = inGroup;
    sum(kv, out);
  }

  private void score(KvLayer kv, int[] table, int inGroup, float[] q) {
    int step = queries == 1 ? VectorScores.GROUPS : 2;
    for (int g = 0; g < addresses.groups; g += step) {
      for (int i = 0; i < step; i++) {
        int group = Math.min(g + i, addresses.groups - 1);
        score.source[i] = addresses.groupSource[group];
        score.at[i] = addresses.groupAt[group] + inGroup;
        score.to[i] = addresses.isInPlace(group) ? addresses.first[group] : aside + i * GROUP;
      }
      score(kv, q);
      for (int i = 0; i < step && g + i < addresses.groups; i++) {
        for (int j = 0; j < queries && !addresses.isInPlace(g + i); j++) {
          addresses.spread(g + i, table, scores, at[j] + aside + i * GROUP, at[j]);
        }
      }
    }
  }

  private void score(KvLayer kv, float[] q) {
    if (queries == 1) {
      if (kv.isBf16()) {
        score.one(kv.bf16Keys, q, from[0], scores, at[0]);
      } else {
        score.one(kv.keys, q, from[0], scores, at[0]);
      }
      return;
    }
    for (int i = 0; i < queries; i += FOUR) {
      if (kv.isBf16()) {
        score.four(kv.bf16Keys, q, from, i, scores, at);
      } else {
        score.four(kv.keys, q, from, i, scores, at);
      }
    }
  }

  /** Turns a query's scores into weights; returns 1 / their sum. */
  private float weigh(int query) {
    int start = at[query];
    int end = start + context[query];
    int padded = KvCells.groupsFor(context[query]) * GROUP;
    // What fills up the last group is the context's first score, and no weight in the end.
    Arrays.fill(scores, end, start + padded, scores[start]);
    VectorSums.exponentials(
        scores, start, padded, sums.largest(scores, start, padded), scores, start);
    Arrays.fill(scores, end, start + padded, 0);
    sums.clear();
    sums.add(scores, start, padded);
    return 1 / sums.total();
  }

  private void sum(KvLayer kv, float[] out) {
    int shared = context[0]; // positions that all queries take
    for (int i = 0; i < queries; i++) {
      inverse[i] = weigh(i);
      Arrays.fill(out, to[i], to[i] + shape.headDim(), 0);
      shared = Math.min(shared, context[i]);
    }
    for (int p = 0; p < shared; p += CHUNK) {
      value.from = p;
      value.to = Math.min(p + CHUNK, shared);
      addShared(kv, out);
    }
    for (int i = 0; i < queries; i++) {
      if (context[i] > shared) {
        value.from = shared;
        value.to = context[i];
        addOne(kv, i, out);
      }
      scale(out, to[i], inverse[i]);
    }
  }

  private void addShared(KvLayer kv, float[] out) {
    if (queries == 1) {
      addOne(kv, 0, out);
      return;
    }
    for (int i = 0; i < queries; i += FOUR) {
      if (kv.isBf16()) {
        value.four(kv.bf16Values, scores, at, i, out, to);
      } else {
        value.four(kv.values, scores, at, i, out, to);
      }
    }
    for (int i = 0; i < queries; i++) {
      if (kv.isBf16()) {
        value.rest(kv.bf16Values, scores, at[i], out, to[i]);
      } else {
        value.rest(kv.values, scores, at[i], out, to[i]);
      }
    }
  }

  private void addOne(KvLayer kv, int query, float[] out) {
    if (kv.isBf16()) {
      value.one(kv.bf16Values, scores, at[query], out, to[query]);
    } else {
      value.one(kv.values, scores, at[query], out, to[query]);
    }
  }

  private void scale(float[] out, int start, float factor) {
    int i = 0;
    for (; i + COUNT <= shape.headDim(); i += COUNT) {
      FloatVector.fromArray(FLOATS, out, start + i).mul(factor).intoArray(out, start + i);
    }
    for (; i < shape.headDim(); i++) {
      out[start + i] *= factor;
    }
  }
}
