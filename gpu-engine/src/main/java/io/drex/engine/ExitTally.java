package io.drex.engine;

import io.drex.device.KvFill;
import io.drex.model.ModelSpec;

/**
 * Where generated tokens were emitted, and what that cost beside full depth. Mutable; used by one
 * thread.
 */
public final class ExitTally {
  private final TokenWork work;
  private final int layers;
  private final long[] tokensAt; // [depth]
  private double spent; // multiply-adds
  private double atFullDepth; // multiply-adds of the same tokens without exits

  /**
   * @param spec with the ramps that were read
   * @param kvFill how the layers that exited tokens skipped got their K and V
   */
  public ExitTally(ModelSpec spec, KvFill kvFill) {
    work = TokenWork.of(spec, kvFill);
    layers = spec.layers();
    tokensAt = new long[layers + 1];
  }

  /**
   * Counts a sequence.
   *
   * @param promptTokens at least 1
   * @param depths decoder layers that each generated token's row had run; the first token, which
   *     comes from the prompt's last position, met no ramp. [token]
   */
  public void add(int promptTokens, short[] depths) {
    for (int i = 0; i < depths.length; i++) {
      if (i == 0) {
        addFirst(promptTokens);
        continue;
      }
      addDecoded(depths[i], promptTokens + i);
      if (i < depths.length - 1) {
        addFilling(depths[i], promptTokens + i);
      }
    }
  }

  /** Counts a sequence's first token; its context is the prompt. */
  public void addFirst(long promptTokens) {
    count(layers, work.atFullDepth(promptTokens), promptTokens);
  }

  /**
   * Counts a token that met ramps.
   *
   * @param depth decoder layers that its row had run
   * @param context positions that the row attends to, its own included
   */
  public void addDecoded(int depth, long context) {
    count(depth, work.emittedAt(depth, context), context);
  }

  /**
   * Counts what filling the K and V of skipped layers took, for a token after which its sequence
   * went on.
   *
   * @param depth decoder layers that its row had run
   * @param context positions that the row attends to, its own included
   */
  public void addFilling(int depth, long context) {
    spent += work.filling(depth, context);
  }

  private void count(int depth, long cost, long context) {
    tokensAt[depth]++;
    spent += cost;
    atFullDepth += work.atFullDepth(context);
  }

  /** Generated tokens. */
  public long tokens() {
    long tokens = 0;
    for (long count : tokensAt) {
      tokens += count;
    }
    return tokens;
  }

  /** Share of the tokens emitted after this many layers; 0 without tokens. */
  public double share(int depth) {
    long tokens = tokens();
    return tokens == 0 ? 0 : (double) tokensAt[depth] / tokens;
  }

  /** Share of the tokens emitted at full depth; 0 without tokens. */
  public double fullDepthShare() {
    return share(layers);
  }

  /** Decoder layers run per token, heads not counted; 0 without tokens. */
  public double meanDepth() {
    double sum = 0;
    for (int depth = 1; depth <= layers; depth++) {
      sum += depth * share(depth);
    }
    return sum;
  }

  /**
   * Work relative to the same tokens from the full depth, ramp heads and the filling of KV counted;
   * 1 without tokens.
   */
  public double relativeWork() {
    return atFullDepth == 0 ? 1 : spent / atFullDepth;
  }
}
