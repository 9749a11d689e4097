package io.drex.model;

import java.util.List;
import java.util.Map;

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
 * @param rampHeads the shapes of heads that ramps have to themselves; may hold heads of no ramp
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
    List<RampSpec> ramps,
    Map<RampHead.Own, HeadShape> rampHeads) {

  public ModelSpec {
    ramps = List.copyOf(ramps);
    rampHeads = Map.copyOf(rampHeads);
  }

  /** A model with a plain rotary embedding, whose ramps share the final norm and the LM head. */
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
        ramps,
        Map.of());
  }

  /** The same model with other ramps. */
  public ModelSpec withRamps(List<RampSpec> other) {
    return with(rope, other, rampHeads);
  }

  /** The same model with other ramps, whose own heads have these shapes. */
  public ModelSpec withRamps(List<RampSpec> other, Map<RampHead.Own, HeadShape> otherHeads) {
    return with(rope, other, otherHeads);
  }

  /** The same model with another rotary embedding. */
  public ModelSpec withRope(RopeSpec other) {
    return with(other, ramps, rampHeads);
  }

  private ModelSpec with(
      RopeSpec otherRope, List<RampSpec> otherRamps, Map<RampHead.Own, HeadShape> otherHeads) {
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
        otherRamps,
        otherHeads);
  }

  /**
   * What the LM head reports at full depth: the deepest ramp's metric, off or not, so that a row's
   * confidences compare with each other and with those of a run without exits.
   */
  public ConfidenceMetric fullDepthMetric() {
    return ramps.isEmpty() ? ConfidenceMetric.MARGIN : ramps.get(ramps.size() - 1).metric();
  }

  /**
   * The shape of a ramp's head.
   *
   * @throws IllegalArgumentException if it is the ramp's own, but not one of this model's
   */
  public HeadShape headShape(RampHead head) {
    if (!(head instanceof RampHead.Own own)) {
      return HeadShape.NORM_LINEAR;
    }
    HeadShape shape = rampHeads.get(own);
    if (shape == null) {
      throw new IllegalArgumentException("the model was loaded without the head " + head.text());
    }
    return shape;
  }

  /** Elements of K (or V) that one token holds in one layer. */
  public int kvWidth() {
    return kvHeads * headDim;
  }
}
