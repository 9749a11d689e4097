package io.drex.demo.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.demo.recipe.FlatWeights.Kind;
import io.drex.demo.recipe.FlatWeights.Slice;
import io.drex.demo.tokenizer.BpeTokenizer;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LayerTensor;
import io.drex.model.ModelFamily;
import io.drex.model.RampFile;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Writes flat weights as a Hugging Face Llama folder in bfloat16; {@code tokenizer.json} must be
 * there already. Fused columns are parted, matrices transposed.
 */
public final class ModelWriter {
  /** The file that holds the prompt template. */
  public static final String TEMPLATE_FILE = "prompt-template.txt";

  private static final float THRESHOLD_BEFORE_CALIBRATION = .9f;

  private final FlatWeights layout;
  private final ModelShape shape;
  private final float[] weights;
  private final SafetensorsWriter tensors = new SafetensorsWriter();

  private ModelWriter(FlatWeights layout, float[] weights) {
    this.layout = layout;
    this.shape = layout.shape();
    this.weights = weights;
  }

  /**
   * Writes weights and configuration.
   *
   * @param trainedFor KV methods that training imitated; empty for none
   */
  public static void write(
      Path folder, FlatWeights layout, float[] weights, List<String> trainedFor)
      throws IOException {
    ModelWriter writer = new ModelWriter(layout, weights);
    writer.addTensors();
    writer.tensors.write(folder.resolve("model.safetensors"));
    writeAllButWeights(folder, layout.shape(), trainedFor);
  }

  /** Writes configuration, ramps and prompt template. */
  static void writeAllButWeights(Path folder, ModelShape shape, List<String> trainedFor)
      throws IOException {
    writeConfiguration(folder, shape);
    List<RampSpec> ramps =
        shape.ramps().stream()
            .map(d -> new RampSpec(d, ConfidenceMetric.MAX_PROB, THRESHOLD_BEFORE_CALIBRATION))
            .toList();
    Files.writeString(
        folder.resolve(RampFile.FILE), new RampFile(ramps, trainedFor, "{}").format());
    Files.writeString(folder.resolve(TEMPLATE_FILE), SampleReader.TEMPLATE);
  }

  private void addTensors() {
    ModelFamily family = ModelFamily.LLAMA;
    int hidden = shape.hidden();
    Slice embedding = layout.slice(Kind.EMBEDDING, 0);
    tensors.bfloats(family.embedding(), copy(embedding), shape.vocab(), hidden);
    for (int layer = 0; layer < shape.layers(); layer++) {
      addLayer(layer);
    }
    tensors.bfloats(family.finalNorm(), copy(layout.slice(Kind.FINAL_NORM, 0)), hidden);
  }

  private void addLayer(int layer) {
    Slice qkv = layout.slice(Kind.QKV, layer);
    Slice gateUp = layout.slice(Kind.GATE_UP, layer);
    int hidden = shape.hidden();
    int kv = shape.kvWidth();
    addVector(layer, LayerTensor.INPUT_NORM, Kind.INPUT_NORM);
    addMatrix(layer, LayerTensor.Q, qkv, hidden, row -> row);
    addMatrix(layer, LayerTensor.K, qkv, kv, row -> hidden + row);
    addMatrix(layer, LayerTensor.V, qkv, kv, row -> hidden + kv + row);
    addMatrix(layer, LayerTensor.O, layout.slice(Kind.O, layer), hidden, row -> row);
    addVector(layer, LayerTensor.POST_NORM, Kind.POST_NORM);
    addMatrix(layer, LayerTensor.GATE, gateUp, shape.ffn(), row -> row);
    addMatrix(layer, LayerTensor.UP, gateUp, shape.ffn(), row -> shape.ffn() + row);
    addMatrix(layer, LayerTensor.DOWN, layout.slice(Kind.DOWN, layer), hidden, row -> row);
  }

  private void addVector(int layer, LayerTensor tensor, Kind kind) {
    String name = ModelFamily.LLAMA.layer(layer, tensor);
    tensors.bfloats(name, copy(layout.slice(kind, layer)), shape.hidden());
  }

  /** Adds [outputs][inputs]; {@code column} tells the slice's column of each output. */
  private void addMatrix(
      int layer, LayerTensor tensor, Slice slice, int outputs, IntUnaryOperator column) {
    float[] values = new float[outputs * slice.rows()];
    for (int output = 0; output < outputs; output++) {
      int from = slice.begin() + column.applyAsInt(output);
      for (int input = 0; input < slice.rows(); input++) {
        values[output * slice.rows() + input] = weights[from + input * slice.columns()];
      }
    }
    tensors.bfloats(ModelFamily.LLAMA.layer(layer, tensor), values, outputs, slice.rows());
  }

  private float[] copy(Slice slice) {
    float[] values = new float[slice.elements()];
    System.arraycopy(weights, slice.begin(), values, 0, values.length);
    return values;
  }

  private static void writeConfiguration(Path folder, ModelShape shape) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode config = mapper.createObjectNode();
    config.putArray("architectures").add("LlamaForCausalLM");
    config.put("model_type", "llama").put("hidden_act", "silu");
    config.put("hidden_size", shape.hidden()).put("intermediate_size", shape.ffn());
    config.put("num_hidden_layers", shape.layers()).put("num_attention_heads", shape.heads());
    config.put("num_key_value_heads", shape.kvHeads()).put("head_dim", shape.headDim());
    config.put("vocab_size", shape.vocab());
    config.put("max_position_embeddings", ModelShape.MAX_POSITIONS);
    config.put("rms_norm_eps", 1e-5).put("rope_theta", ModelShape.ROPE_THETA);
    config.put("tie_word_embeddings", true).put("attention_bias", false).put("mlp_bias", false);
    ObjectNode generation = mapper.createObjectNode();
    for (ObjectNode file : List.of(config, generation)) {
      file.put("bos_token_id", BpeTokenizer.BOS).put("eos_token_id", BpeTokenizer.EOS);
      file.put("pad_token_id", BpeTokenizer.PAD);
    }
    config.put("torch_dtype", "bfloat16");
    generation.put("do_sample", false);
    writeJson(folder.resolve("config.json"), config);
    writeJson(folder.resolve("generation_config.json"), generation);
  }

  private static void writeJson(Path file, ObjectNode json) throws IOException {
    Files.writeString(file, json.toPrettyString() + "\n");
  }
}
