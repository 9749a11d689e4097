package io.drex.device;

import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Random Llama models of a few kilobytes, with sizes that no vector width divides. */
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

  /** A model whose K and V are 256 elements wide. */
  public static LoadedModel wide() {
    return random(
        1,
        DType.BF16,
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
    int hidden = spec.hiddenSize();
    int queries = spec.heads() * spec.headDim();
    model.matrix(FAMILY.embedding(), spec.vocabSize(), hidden, 1);
    if (!spec.tiedHead()) {
      model.matrix(FAMILY.lmHead(), spec.vocabSize(), hidden, .4);
    }
    model.norm(FAMILY.finalNorm(), hidden, .4);
    for (int i = 0; i < spec.layers(); i++) {
      model.norm(FAMILY.layer(i, LayerTensor.INPUT_NORM), hidden, 1);
      model.norm(FAMILY.layer(i, LayerTensor.POST_NORM), hidden, 1);
      model.linear(FAMILY.layer(i, LayerTensor.Q), queries, hidden);
      model.linear(FAMILY.layer(i, LayerTensor.K), spec.kvWidth(), hidden);
      model.linear(FAMILY.layer(i, LayerTensor.V), spec.kvWidth(), hidden);
      model.linear(FAMILY.layer(i, LayerTensor.O), hidden, queries);
      model.linear(FAMILY.layer(i, LayerTensor.GATE), spec.intermediateSize(), hidden);
      model.linear(FAMILY.layer(i, LayerTensor.UP), spec.intermediateSize(), hidden);
      model.linear(FAMILY.layer(i, LayerTensor.DOWN), hidden, spec.intermediateSize());
    }
    return new LoadedModel(spec, Set.of(), "tiny-" + seed, model.tensors);
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
    matrix(name, outputs, inputs, 1.4 / Math.sqrt(inputs));
  }

  private void matrix(String name, int rows, int columns, double deviation) {
    ByteBuffer data = buffer(rows * columns);
    for (int i = 0; i < rows * columns; i++) {
      put(data, dtype, i, (float) (random.nextGaussian() * deviation));
    }
    tensors.put(name, new Tensor(name, dtype, List.of((long) rows, (long) columns), data));
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
