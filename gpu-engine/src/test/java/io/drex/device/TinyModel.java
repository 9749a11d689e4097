package io.drex.device;

import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.HeadShape;
import io.drex.model.HeadTensor;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampHead;
import io.drex.model.RampSpec;
import io.drex.model.RopeScaling;
import io.drex.model.RopeSpec;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Random models of a few kilobytes, with sizes that no vector width divides. */
public final class TinyModel {
  public static final int LAYERS = 6;
  public static final int VOCAB = 101;
  public static final int MAX_POSITIONS = 320;

  private static final ModelFamily FAMILY = ModelFamily.LLAMA;

  private final Random random;
  private final DType dtype;
  private final Map<String, Tensor> tensors = new HashMap<>();

  private TinyModel(long seed, DType dtype) {
    this.random = new Random(seed);
    this.dtype = dtype;
  }

  /** 6 layers × 48, 4 heads and 2 KV heads of 12, intermediate 80; ramps at 2 and 4. */
  public static LoadedModel random(long seed, DType dtype) {
    return random(seed, dtype, spec(true));
  }

  /** As above, with a head of its own. */
  public static LoadedModel untied(long seed, DType dtype) {
    return random(seed, dtype, spec(false));
  }

  private static ModelSpec spec(boolean tied) {
    return new ModelSpec(
        FAMILY,
        LAYERS,
        48,
        80,
        4,
        2,
        12,
        VOCAB,
        MAX_POSITIONS,
        1e-5f,
        10_000,
        tied,
        List.of(
            new RampSpec(2, ConfidenceMetric.MAX_PROB, .5f),
            new RampSpec(4, ConfidenceMetric.MARGIN, .3f)));
  }

  /**
   * A model of a family, with an LM head of its own and heads whose width together is not the
   * hidden state's: 4 heads and 2 KV heads of 16. The Llama has scaled rotary frequencies, some of
   * each kind: kept, between, divided.
   */
  public static LoadedModel ofFamily(ModelFamily family, long seed) {
    return ofFamily(family, seed, VOCAB, MAX_POSITIONS);
  }

  /** As above, for another vocabulary and longest sequence. */
  public static LoadedModel ofFamily(ModelFamily family, long seed, int vocab, int positions) {
    RopeScaling scaling =
        family == ModelFamily.LLAMA ? new RopeScaling.Llama3(4, 1, 4, 40) : new RopeScaling.None();
    ModelSpec spec =
        new ModelSpec(
            family,
            LAYERS,
            48,
            80,
            4,
            2,
            16,
            vocab,
            positions,
            1e-6f,
            new RopeSpec(10_000, scaling),
            false,
            List.of(
                new RampSpec(2, ConfidenceMetric.MAX_PROB, .14f),
                new RampSpec(4, ConfidenceMetric.MARGIN, .05f)),
            Map.of());
    return random(seed, DType.BF16, spec);
  }

  /** A model with a ramp for each kind of head that a ramp may have to itself, and a shared one. */
  public static LoadedModel withOwnHeads(long seed, DType dtype) {
    RampHead.Own linear = new RampHead.Own("heads.safetensors", "first.weight");
    RampHead.Own normed = new RampHead.Own("heads.safetensors", "second");
    RampHead.Own mlp = new RampHead.Own("more.safetensors", "exits.3");
    ModelSpec spec =
        spec(true)
            .withRamps(
                List.of(
                    new RampSpec(1, linear, ConfidenceMetric.MAX_PROB, .6f),
                    new RampSpec(2, normed, ConfidenceMetric.MAX_PROB, .6f),
                    new RampSpec(3, mlp, ConfidenceMetric.MARGIN, .4f),
                    new RampSpec(5, ConfidenceMetric.MARGIN, .3f)),
                Map.of(
                    linear,
                    HeadShape.LINEAR,
                    normed,
                    HeadShape.NORM_LINEAR,
                    mlp,
                    HeadShape.mlp(37)));
    return random(seed, dtype, spec);
  }

  /** A model whose K and V are 256 elements wide. */
  public static LoadedModel wide() {
    return random(
        1,
        DType.F32,
        new ModelSpec(
            FAMILY,
            LAYERS,
            16,
            16,
            2,
            2,
            128,
            VOCAB,
            MAX_POSITIONS,
            1e-5f,
            10_000,
            true,
            spec(true).ramps()));
  }

  /** Random weights for any shape; scaled so that confidences fall on both sides of .5. */
  public static LoadedModel random(long seed, DType dtype, ModelSpec spec) {
    TinyModel model = new TinyModel(seed, dtype);
    ModelFamily family = spec.family();
    int hidden = spec.hiddenSize();
    int queries = spec.heads() * spec.headDim();
    model.matrix(family.embedding(), 1, spec.vocabSize(), hidden);
    if (!spec.tiedHead()) {
      model.matrix(family.lmHead(), .4, spec.vocabSize(), hidden);
    }
    model.norm(family.finalNorm(), hidden, .4);
    for (int i = 0; i < spec.layers(); i++) {
      model.norm(family.layer(i, LayerTensor.INPUT_NORM), hidden, 1);
      model.norm(family.layer(i, LayerTensor.POST_NORM), hidden, 1);
      model.linear(family.layer(i, LayerTensor.Q), queries, hidden);
      model.linear(family.layer(i, LayerTensor.K), spec.kvWidth(), hidden);
      model.linear(family.layer(i, LayerTensor.V), spec.kvWidth(), hidden);
      model.linear(family.layer(i, LayerTensor.O), hidden, queries);
      model.linear(family.layer(i, LayerTensor.GATE), spec.intermediateSize(), hidden);
      model.linear(family.layer(i, LayerTensor.UP), spec.intermediateSize(), hidden);
      model.linear(family.layer(i, LayerTensor.DOWN), hidden, spec.intermediateSize());
    }
    for (int i = 0; i < spec.layers(); i++) {
      model.attentionExtras(i, spec);
    }
    spec.ramps().forEach(ramp -> model.head(ramp.head(), spec));
    return new LoadedModel(spec, Set.of(), "tiny-" + seed, model.tensors);
  }

  private void attentionExtras(int layer, ModelSpec spec) {
    ModelFamily family = spec.family();
    if (family.has(LayerTensor.Q_BIAS)) {
      matrix(family.layer(layer, LayerTensor.Q_BIAS), .5, spec.heads() * spec.headDim());
      matrix(family.layer(layer, LayerTensor.K_BIAS), .5, spec.kvWidth());
      matrix(family.layer(layer, LayerTensor.V_BIAS), .5, spec.kvWidth());
    }
    if (family.has(LayerTensor.Q_NORM)) {
      norm(family.layer(layer, LayerTensor.Q_NORM), spec.headDim(), 1);
      norm(family.layer(layer, LayerTensor.K_NORM), spec.headDim(), 1);
    }
  }

  private void head(RampHead head, ModelSpec spec) {
    if (!(head instanceof RampHead.Own own)) {
      return;
    }
    HeadShape shape = spec.headShape(head);
    int hidden = spec.hiddenSize();
    boolean normed = shape.kind() != HeadShape.Kind.LINEAR;
    matrix(own.tensor(HeadTensor.LINEAR), normed ? 1 : .2, spec.vocabSize(), hidden);
    if (normed) {
      norm(own.tensor(HeadTensor.NORM), hidden, .4);
    }
    if (shape.kind() == HeadShape.Kind.MLP) {
      norm(own.tensor(HeadTensor.MLP_NORM), hidden, 1);
      linear(own.tensor(HeadTensor.GATE), shape.mlpWidth(), hidden);
      linear(own.tensor(HeadTensor.UP), shape.mlpWidth(), hidden);
      linear(own.tensor(HeadTensor.DOWN), hidden, shape.mlpWidth());
    }
  }

  /** The same model, but one token's embedding starts with {@code value}. */
  public static LoadedModel withEmbedding(LoadedModel model, int token, float value) {
    Tensor old = model.tensor(FAMILY.embedding());
    ByteBuffer copy = ByteBuffer.allocate(old.data().capacity()).order(ByteOrder.LITTLE_ENDIAN);
    copy.put(old.data().duplicate()).flip();
    put(copy, old.dtype(), token * Math.toIntExact(old.shape().get(1)), value);
    Map<String, Tensor> tensors = new HashMap<>(model.tensors());
    tensors.put(old.name(), new Tensor(old.name(), old.dtype(), old.shape(), copy));
    return new LoadedModel(model.spec(), model.stopTokens(), model.contentHash(), tensors);
  }

  /** A seeded prompt of this many tokens. */
  public static int[] prompt(long seed, int tokens) {
    return new Random(seed).ints(tokens, 0, VOCAB).toArray();
  }

  private void linear(String name, int outputs, int inputs) {
    matrix(name, 1.4 / Math.sqrt(inputs), outputs, inputs);
  }

  private void matrix(String name, double deviation, int... shape) {
    int elements = IntStream.of(shape).reduce(1, Math::multiplyExact);
    ByteBuffer data = buffer(elements);
    for (int i = 0; i < elements; i++) {
      put(data, dtype, i, (float) (random.nextGaussian() * deviation));
    }
    tensors.put(
        name, new Tensor(name, dtype, IntStream.of(shape).asLongStream().boxed().toList(), data));
  }

  private void norm(String name, int elements, double mean) {
    ByteBuffer data = buffer(elements);
    for (int i = 0; i < elements; i++) {
      put(data, dtype, i, (float) (mean * (1 + .1 * random.nextGaussian())));
    }
    tensors.put(name, new Tensor(name, dtype, List.of((long) elements), data));
  }

  private ByteBuffer buffer(int elements) {
    return ByteBuffer.allocate(elements * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer data, DType dtype, int index, float value) {
    switch (dtype) {
      case F32 -> data.putFloat(index * Float.BYTES, value);
      case BF16 ->
          data.putShort(index * Short.BYTES, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
  }
}
