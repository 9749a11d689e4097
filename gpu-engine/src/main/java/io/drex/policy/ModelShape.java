package io.drex.policy;

import io.drex.model.ModelSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a decoder-only model's size is made of, and what one call has to read and compute for it.
 * Weights and KV are of {@link #BYTES_PER_VALUE} bytes, as the modelled devices keep them.
 *
 * @param name for reports
 * @param layers decoder layers, L
 * @param hidden width of the hidden state
 * @param ffn width of the gated feed-forward layer
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param headDim elements per head
 * @param vocab rows of the LM head
 */
public record ModelShape(
    String name, int layers, int hidden, int ffn, int heads, int kvHeads, int headDim, int vocab) {

  /** Bytes of a bf16 value. */
  public static final int BYTES_PER_VALUE = 2;

  public static final ModelShape LLAMA_2_7B =
      new ModelShape("llama-2-7b", 32, 4096, 11008, 32, 32, 128, 32_000);
  public static final ModelShape LLAMA_2_13B =
      new ModelShape("llama-2-13b", 40, 5120, 13824, 40, 40, 128, 32_000);
  public static final ModelShape LLAMA_2_70B =
      new ModelShape("llama-2-70b", 80, 8192, 28672, 64, 8, 128, 32_000);

  /** The first Qwen of this size: 40 layers, every query head with a key head of its own. */
  public static final ModelShape QWEN_14B =
      new ModelShape("qwen-14b", 40, 5120, 13696, 40, 40, 128, 152_064);

  public static final ModelShape LLAMA_3_1_8B =
      new ModelShape("llama-3.1-8b", 32, 4096, 14336, 32, 8, 128, 128_256);

  public static final ModelShape TINYLLAMA_1_1B =
      new ModelShape("tinyllama-1.1b", 22, 2048, 5632, 32, 4, 64, 32_000);

  private static final List<ModelShape> KNOWN =
      List.of(LLAMA_2_7B, LLAMA_2_13B, LLAMA_2_70B, QWEN_14B, LLAMA_3_1_8B, TINYLLAMA_1_1B);

  public ModelShape {
    if (layers < 1
        || hidden < 1
        || ffn < 1
        || heads < 1
        || kvHeads < 1
        || headDim < 1
        || vocab < 1) {
      throw new IllegalArgumentException("every size of model shape " + name + " must be positive");
    }
  }

  /** The known shape of this name. */
  public static Optional<ModelShape> named(String name) {
    return KNOWN.stream().filter(shape -> shape.name.equals(name)).findFirst();
  }

  /** The names of the known shapes, for messages. */
  public static String names() {
    return KNOWN.stream().map(ModelShape::name).collect(Collectors.joining(", "));
  }

  /** The shape of a model. */
  public static ModelShape of(String name, ModelSpec spec) {
    return new ModelShape(
        name,
        spec.layers(),
        spec.hiddenSize(),
        spec.intermediateSize(),
        spec.heads(),
        spec.kvHeads(),
        spec.headDim(),
        spec.vocabSize());
  }

  /** Weights of one decoder layer's linear layers. */
  public long weightsPerLayer() {
    long queries = (long) heads * headDim;
    long keysAndValues = 2L * kvHeads * headDim;
    return hidden * (queries + keysAndValues) + queries * hidden + 3L * hidden * ffn;
  }

  /** Weights of an exit head: the LM head's matrix. */
  public long headWeights() {
    return (long) hidden * vocab;
  }

  /** Bytes of one token's K and V in one layer. */
  public long kvBytesPerTokenLayer() {
    return 2L * kvHeads * headDim * BYTES_PER_VALUE;
  }

  /** Operations of one row attending to one position in one layer: two per multiply-add. */
  public long attentionFlopsPerToken() {
    return 4L * heads * headDim;
  }
}
