package io.drex.engine;

import io.drex.device.KvFill;
import io.drex.model.ModelSpec;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import java.util.List;

/**
 * What one generated token costs, in multiply-adds: the linear layers and the attention of the
 * decoder layers it ran, every exit head that was evaluated for it, and what filling the KV of the
 * layers it skipped takes. Layer norms and activations are left out; they are small beside these.
 *
 * <p>A batch costs the sum of its tokens. That is work, not time: small batches and memory traffic
 * are not in it.
 */
public final class TokenWork {
  private final KvFill kvFill;
  private final int layers;
  private final int[] rampDepths; // of active ramps, increasing
  private final long layer; // linear layers of one decoder layer
  private final long projection; // K and V of one decoder layer
  private final long perPosition; // attention of one decoder layer to one position
  private final long[] rampHeads; // [active ramp]
  private final long lmHead; // with the final norm

  private TokenWork(ModelSpec spec, KvFill kvFill) {
    this.kvFill = kvFill;
    layers = spec.layers();
    List<RampSpec> active = spec.ramps().stream().filter(ramp -> !ramp.isOff()).toList();
    rampDepths = active.stream().mapToInt(RampSpec::depth).toArray();
    rampHeads = active.stream().mapToLong(ramp -> head(spec, ramp.head())).toArray();
    long hidden = spec.hiddenSize();
    long queries = (long) spec.heads() * spec.headDim();
    projection = hidden * 2L * spec.kvWidth();
    layer = 2 * hidden * queries + projection + 3 * hidden * spec.intermediateSize();
    perPosition = 2 * queries;
    lmHead = head(spec, RampHead.SHARED);
  }

  private static long head(ModelSpec spec, RampHead head) {
    return spec.headShape(head).multiplyAdds(spec.hiddenSize(), spec.vocabSize());
  }

  /** The work of a model's tokens; ramps that are off cost nothing. */
  public static TokenWork of(ModelSpec spec, KvFill kvFill) {
    return new TokenWork(spec, kvFill);
  }

  /**
   * A token from the full depth with no ramp tried: every token of a run without exits, and a
   * sequence's first token in any run.
   *
   * @param context positions that the token's row attends to, its own included
   */
  public long atFullDepth(long context) {
    return layers * inLayer(context) + lmHead;
  }

  /**
   * A decoded token in a run with exits. All active ramps up to the depth were tried, and one more
   * head is read at the full depth.
   *
   * @param depth decoder layers its row had run: an active ramp's depth, or all layers
   * @param context positions that the token's row attends to, its own included
   */
  public long emittedAt(int depth, long context) {
    long heads = depth == layers ? lmHead : 0;
    for (int ramp = 0; ramp < rampDepths.length && rampDepths[ramp] <= depth; ramp++) {
      heads += rampHeads[ramp];
    }
    return depth * inLayer(context) + heads;
  }

  /**
   * What a token adds that left at a ramp and whose sequence went on: its skipped layers' K and V.
   * Nothing for a token from the full depth.
   *
   * @param depth decoder layers its row had run
   * @param context positions that the token's row attends to, its own included
   */
  public long filling(int depth, long context) {
    int skipped = layers - depth;
    return switch (kvFill) {
      case MAP, COPY -> 0;
      case PROPAGATE -> skipped * projection;
      case RECOMPUTE -> skipped * inLayer(context);
    };
  }

  private long inLayer(long context) {
    return layer + perPosition * context;
  }
}
