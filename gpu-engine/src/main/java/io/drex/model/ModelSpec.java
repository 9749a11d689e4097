package io.drex.model;

import java.util.List;

/**
 * The shape of a decoder-only model and its ramps.
 *
 * @param family tensor names and flags
 * @param layers decoder layers, L
 * @param hiddenSize width of the hidden state
 * @param intermediateSize width of the feed-forward layer
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim elements per head
 * @param vocabSize rows of the LM head
 * @param maxPositions longest sequence, prompt and generated tokens together
 * @param rmsNormEps epsilon of every RMS norm
 * @param rope the rotary embedding
 * @param tiedHead whether the LM head is the embedding
 * @param ramps by increasing depth; includes ramps that are off
 */
public record ModelSpec(
    ModelFamily family,
    int layers,
    int hiddenSize,
    int intermediateSize,
    int heads,
    int kvHeads,
    int headDim,
    int vocabSize,
    int maxPositions,
    float rmsNormEps,
    RopeSpec rope,
    boolean tiedHead,
    List<RampSpec> ramps) {

  public ModelSpec {
    ramps = List.copyOf(ramps);
  }

  /** A model with a plain rotary embedding. */
  public ModelSpec(
      ModelFamily family,
      int layers,
      int hiddenSize,
      int intermediateSize,
      int heads,
      int kvHeads,
      int headDim,
      int vocabSize,
      int maxPositions,
      float rmsNormEps,
      double ropeTheta,
      boolean tiedHead,
      List<RampSpec> ramps) {
    this(
        family,
        layers,
        hiddenSize,
        intermediateSize,
        heads,
        kvHeads,
        headDim,
        vocabSize,
        maxPositions,
        rmsNormEps,
        RopeSpec.plain(ropeTheta),
        tiedHead,
        ramps);
  }

  /** The same model with other ramps. */
  public ModelSpec withRamps(List<RampSpec> other) {
    return with(rope, other);
  }

  /** The same model with another rotary embedding. */
  public ModelSpec withRope(RopeSpec other) {
    return with(other, ramps);
  }

  private ModelSpec with(RopeSpec otherRope, List<RampSpec> otherRamps) {
    return new ModelSpec(
        family,
        layers,
        hiddenSize,
        intermediateSize,
        heads,
        kvHeads,
        headDim,
        vocabSize,
        maxPositions,
        rmsNormEps,
        otherRope,
        tiedHead,
        otherRamps);
  }

  /**
   * What the LM head reports at full depth: the deepest ramp's metric, off or not, so that a row's
   * confidences compare with each other and with those of a run without exits.
   */
  public ConfidenceMetric fullDepthMetric() {
    return ramps.isEmpty() ? ConfidenceMetric.MARGIN : ramps.get(ramps.size() - 1).metric();
  }

  /** Elements of K (or V) that one token holds in one layer. */
  public int kvWidth() {
    return kvHeads * headDim;
  }
}
