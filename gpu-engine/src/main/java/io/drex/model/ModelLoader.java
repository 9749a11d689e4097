package io.drex.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loads a Hugging Face model folder: {@code config.json}, {@code generation_config.json}, {@code
 * ramps.json}, safetensors. Weights are mapped, not copied; no code of the folder is ever run.
 */
public final class ModelLoader {
  private static final long MAX_CONFIG_BYTES = 4L << 20;

  private ModelLoader() {}

  /**
   * Loads and validates a folder. Without {@code ramps.json} the model has no ramps.
   *
   * @throws ModelException naming file and key or tensor; errors of the configuration files are
   *     listed all at once, and so are errors of the weights' names and shapes
   */
  public static LoadedModel load(Path path) {
    ModelFolder folder = ModelFolder.open(path);
    Problems problems = new Problems();
    ObjectNode json = folder.json(ModelConfig.FILE, MAX_CONFIG_BYTES);
    ModelConfig config = new ModelConfig(json, problems);
    ModelSpec shape = config.spec();
    Set<Integer> stops = stopTokens(folder, json, config.vocabForStops(shape), problems);
    ModelSpec spec = withRamps(folder, shape, config.layersForRamps(shape), problems);
    problems.throwIfAny("model folder " + path);

    WeightFiles files = WeightFiles.find(folder);
    Map<String, Tensor> tensors = WeightShapes.select(spec, files.map(), problems);
    problems.throwIfAny("model folder " + path);
    return new LoadedModel(spec, stops, ContentHash.of(folder, files.names()), tensors);
  }

  /**
   * SHA-256 (hex) over the files of a folder that change results, {@code ramps.json} apart: the
   * same for a model whatever its thresholds are. Reads all weights.
   *
   * @throws ModelException naming the file that is missing or cannot be read
   */
  public static String hashWithoutRamps(Path path) {
    ModelFolder folder = ModelFolder.open(path);
    return ContentHash.withoutRamps(folder, WeightFiles.find(folder).names());
  }

  private static Set<Integer> stopTokens(
      ModelFolder folder, ObjectNode config, int vocab, Problems problems) {
    Set<Integer> stops =
        new TreeSet<>(ModelConfig.stopTokens(config, ModelConfig.FILE, vocab, problems));
    if (folder.has(ModelConfig.GENERATION_FILE)) {
      ObjectNode generation = folder.json(ModelConfig.GENERATION_FILE, MAX_CONFIG_BYTES);
      stops.addAll(
          ModelConfig.stopTokens(generation, ModelConfig.GENERATION_FILE, vocab, problems));
    }
    return stops;
  }

  private static ModelSpec withRamps(
      ModelFolder folder, ModelSpec spec, int layers, Problems problems) {
    if (!folder.has(RampFile.FILE)) {
      return spec;
    }
    ObjectNode json = folder.json(RampFile.FILE, RampFile.MAX_BYTES);
    return spec.withRamps(new RampReader(RampFile.FILE, layers, problems).read(json).ramps());
  }
}
