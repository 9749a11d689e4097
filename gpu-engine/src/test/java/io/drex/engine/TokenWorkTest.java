package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.HeadShape;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenWorkTest {
  /** Linear layers of a decoder layer: Q and O 2·8·8, K and V 2·8·4, feed-forward 3·8·10. */
  private static final long LAYER = 128 + 64 + 240;

  /** Scores and weighted values of 8 query elements. */
  private static final long PER_POSITION = 16;

  /** Norm of 8 elements, and 8·20 for the logits. */
  private static final long HEAD = 8 + 160;

  @Test
  void aTokenCostsItsLayersAndEveryHeadThatWasRead() {
    TokenWork work = work(ramp(2, 0.5f), ramp(4, 0.5f));
    long inLayer = LAYER + 7 * PER_POSITION;

    assertThat(work.emittedAt(2, 7)).isEqualTo(2 * inLayer + HEAD);
    assertThat(work.emittedAt(4, 7)).isEqualTo(4 * inLayer + 2 * HEAD);
    assertThat(work.emittedAt(6, 7)).isEqualTo(6 * inLayer + 3 * HEAD);
    assertThat(work.atFullDepth(7)).isEqualTo(6 * inLayer + HEAD);
  }

  @Test
  void aRampsOwnHeadCostsWhatItIsMadeOf() {
    RampHead.Own linear = new RampHead.Own("h.safetensors", "linear");
    RampHead.Own mlp = new RampHead.Own("h.safetensors", "mlp");
    ModelSpec spec =
        spec()
            .withRamps(
                List.of(
                    new RampSpec(1, linear, ConfidenceMetric.MARGIN, 0.5f),
                    ramp(2, 0.5f),
                    new RampSpec(4, mlp, ConfidenceMetric.MARGIN, 0.5f)),
                Map.of(linear, HeadShape.LINEAR, mlp, HeadShape.mlp(5)));
    TokenWork work = TokenWork.of(spec, KvFill.MAP);

    assertThat(work.emittedAt(1, 1)).isEqualTo(LAYER + PER_POSITION + 160);
    assertThat(work.emittedAt(2, 1)).isEqualTo(2 * (LAYER + PER_POSITION) + 160 + HEAD);
    // Two norms, three matrices of 8 × 5, and the logits.
    long withMlp = 160 + HEAD + 16 + 3 * 40 + 160;
    assertThat(work.emittedAt(4, 1)).isEqualTo(4 * (LAYER + PER_POSITION) + withMlp);
    assertThat(work.emittedAt(6, 1)).isEqualTo(6 * (LAYER + PER_POSITION) + withMlp + HEAD);
  }

  @Test
  void aHeadThatWasNotReadHasNoCost() {
    RampHead.Own head = new RampHead.Own("h.safetensors", "x");
    ModelSpec spec =
        spec().withRamps(List.of(new RampSpec(1, head, ConfidenceMetric.MARGIN, 0.5f)));

    assertThatThrownBy(() -> TokenWork.of(spec, KvFill.MAP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model was loaded without the head h.safetensors:x");
  }

  @Test
  void aRampThatIsOffCostsNothing() {
    TokenWork work = work(ramp(2, RampSpec.OFF), ramp(4, 0.5f));

    assertThat(work.emittedAt(4, 1)).isEqualTo(4 * (LAYER + PER_POSITION) + HEAD);
    assertThat(work(ramp(2, RampSpec.OFF)).emittedAt(6, 3)).isEqualTo(work.atFullDepth(3));
  }

  @Test
  void aSequencesFirstTokenMeetsNoRamp() {
    ExitTally tally = tally(KvFill.MAP, ramp(2, 0.5f), ramp(4, 0.5f));
    tally.add(5, new short[] {6, 2, 6});

    long spent =
        6 * (LAYER + 5 * PER_POSITION)
            + HEAD
            + 2 * (LAYER + 6 * PER_POSITION)
            + HEAD
            + 6 * (LAYER + 7 * PER_POSITION)
            + 3 * HEAD;
    long full = 6 * (3 * LAYER + 18 * PER_POSITION) + 3 * HEAD;
    assertThat(tally.relativeWork()).isCloseTo((double) spent / full, within(1e-12));
    assertThat(tally.meanDepth()).isCloseTo(14 / 3.0, within(1e-12));
    assertThat(tally.share(2)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(tally.share(4)).isZero();
    assertThat(tally.fullDepthShare()).isCloseTo(2 / 3.0, within(1e-12));
  }

  @Test
  void triedRampsCanMakeExitsDearerThanFullDepth() {
    ExitTally tally = tally(KvFill.COPY, ramp(2, 1), ramp(4, 1));
    tally.add(5, new short[] {6, 6, 6, 6});
    assertThat(tally.relativeWork()).isGreaterThan(1);
    assertThat(tally(KvFill.MAP).relativeWork()).isEqualTo(1);
  }

  @Test
  void fillingSkippedLayersIsWorkUnlessTheSequenceEnds() {
    short[] depths = {6, 2, 6, 4};
    double full = 6 * (4 * LAYER + (5 + 6 + 7 + 8) * PER_POSITION) + 4 * HEAD;
    double map = filled(KvFill.MAP, depths) * full;

    assertThat(filled(KvFill.COPY, depths) * full).isEqualTo(map);
    assertThat(filled(KvFill.PROPAGATE, depths) * full - map)
        .as("K and V, 2·8·4, of four layers")
        .isCloseTo(4 * 64, within(1e-6));
    assertThat(filled(KvFill.RECOMPUTE, depths) * full - map)
        .as("the four layers of the token with the context 6")
        .isCloseTo(4 * (LAYER + 6 * PER_POSITION), within(1e-6));
  }

  private static double filled(KvFill kvFill, short[] depths) {
    ExitTally tally = tally(kvFill, ramp(2, 0.5f), ramp(4, 0.5f));
    tally.add(5, depths);
    return tally.relativeWork();
  }

  private static TokenWork work(RampSpec... ramps) {
    return TokenWork.of(spec(ramps), KvFill.MAP);
  }

  private static ExitTally tally(KvFill kvFill, RampSpec... ramps) {
    return new ExitTally(spec(ramps), kvFill);
  }

  private static RampSpec ramp(int depth, float threshold) {
    return new RampSpec(depth, ConfidenceMetric.MAX_PROB, threshold);
  }

  private static ModelSpec spec(RampSpec... ramps) {
    return new ModelSpec(
        ModelFamily.LLAMA, 6, 8, 10, 4, 2, 2, 20, 64, 1e-5f, 10_000, true, List.of(ramps));
  }
}
