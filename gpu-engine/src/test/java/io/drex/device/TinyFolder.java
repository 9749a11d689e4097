package io.drex.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.model.HeadShape;
import io.drex.model.HeadTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampFile;
import io.drex.model.RampHead;
import io.drex.model.RopeScaling;
import io.drex.model.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a model as a Hugging Face folder, its weights in shards, without a tokenizer. */
public final class TinyFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LENGTH_BYTES = 8;

  private final LoadedModel model;
  private final ModelSpec spec;
  private final Path folder;

  private TinyFolder(LoadedModel model, Path folder) {
    this.model = model;
    this.spec = model.spec();
    this.folder = folder;
  }

  /**
   * Writes {@code config.json}, {@code ramps.json}, the shards with their index, and the files of
   * heads that ramps have to themselves.
   */
  public static Path write(LoadedModel model, Path folder, int shards) {
    try {
      Files.createDirectories(folder);
      TinyFolder writer = new TinyFolder(model, folder);
      writer.config();
      writer.shards(shards);
      writer.heads();
      Files.writeString(
          folder.resolve(RampFile.FILE),
          new RampFile(model.spec().ramps(), List.of(), "{}").format());
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void config() throws IOException {
    ObjectNode config = JSON.createObjectNode();
    String type = spec.family().modelType();
    config.put("model_type", type);
    String first = type.substring(0, 1).toUpperCase(Locale.ROOT);
    config.putArray("architectures").add(first + type.substring(1) + "ForCausalLM");
    config.put("num_hidden_layers", spec.layers());
    config.put("hidden_size", spec.hiddenSize());
    config.put("intermediate_size", spec.intermediateSize());
    config.put("num_attention_heads", spec.heads());
    config.put("num_key_value_heads", spec.kvHeads());
    config.put("head_dim", spec.headDim());
    config.put("vocab_size", spec.vocabSize());
    config.put("max_position_embeddings", spec.maxPositions());
    config.put("rms_norm_eps", spec.rmsNormEps());
    config.put("rope_theta", spec.rope().theta());
    config.put("tie_word_embeddings", spec.tiedHead());
    config.put("hidden_act", "silu");
    if (spec.family() == ModelFamily.MISTRAL) {
      config.putNull("sliding_window");
    }
    if (spec.rope().scaling() instanceof RopeScaling.Llama3 llama3) {
      ObjectNode scaling = config.putObject("rope_scaling");
      scaling.put("rope_type", "llama3");
      scaling.put("factor", llama3.factor());
      scaling.put("low_freq_factor", llama3.lowFreqFactor());
      scaling.put("high_freq_factor", llama3.highFreqFactor());
      scaling.put("original_max_position_embeddings", llama3.originalPositions());
    }
    Files.writeString(folder.resolve("config.json"), config.toPrettyString());
  }

  private void shards(int shards) throws IOException {
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(new TreeMap<>());
    }
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    int next = 0;
    for (Map.Entry<String, Tensor> entry : new TreeMap<>(model.tensors()).entrySet()) {
      if (!entry.getKey().contains(":")) {
        int shard = next++ % shards;
        parts.get(shard).put(entry.getKey(), entry.getValue());
        map.put(entry.getKey(), shardName(shard, shards));
      }
    }
    for (int i = 0; i < shards; i++) {
      write(folder.resolve(shardName(i, shards)), parts.get(i));
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
  }

  private static String shardName(int shard, int shards) {
    return "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
  }

  private void heads() throws IOException {
    Map<String, Map<String, Tensor>> files = new TreeMap<>();
    spec.rampHeads()
        .forEach(
            (head, shape) ->
                files.computeIfAbsent(head.file(), f -> new TreeMap<>()).putAll(head(head, shape)));
    for (Map.Entry<String, Map<String, Tensor>> file : files.entrySet()) {
      write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private Map<String, Tensor> head(RampHead.Own head, HeadShape shape) {
    Map<String, Tensor> tensors = new TreeMap<>();
    for (HeadTensor part : HeadTensor.values()) {
      Tensor tensor = model.tensors().get(head.tensor(part));
      if (tensor != null) {
        boolean whole = shape.kind() == HeadShape.Kind.LINEAR;
        tensors.put(whole ? head.name() : head.name() + part.suffix(), tensor);
      }
    }
    return tensors;
  }

  /** Writes tensors, by name, as a safetensors file. */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.dtype().name());
      tensor.shape().forEach(node.withArray("shape")::add);
      node.putArray("data_offsets").add(at).add(at + tensor.data().remaining());
      at += tensor.data().remaining();
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(text.length).array());
      out.write(text);
      for (Tensor tensor : tensors.values()) {
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().duplicate().get(bytes);
        out.write(bytes);
      }
    }
  }
}
