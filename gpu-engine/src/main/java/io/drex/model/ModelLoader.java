package io.drex.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Loads a Hugging Face model folder: {@code config.json}, {@code generation_config.json}, {@code
 * ramps.json}, safetensors. Weights are mapped, not copied; no code of the folder is ever run.
 */
public final class ModelLoader {
  private static final long MAX_CONFIG_BYTES = 4L << 20;

  private final ModelFolder folder;
  private final String subject;
  private final Problems problems = new Problems();

  private ModelLoader(Path path) {
    folder = ModelFolder.open(path);
    subject = "model folder " + path;
  }

  /** What the configuration files say, {@code ramps.json} included. */
  private record Configured(ModelSpec spec, Set<Integer> stops) {}

  /**
   * Loads and validates a folder. Without {@code ramps.json} the model has no ramps.
   *
   * @throws ModelException naming file and key or tensor; errors of the configuration files are
   *     listed all at once, and so are errors of the weights' names and shapes
   */
  public static LoadedModel load(Path path) {
    ModelLoader loader = new ModelLoader(path);
    Configured configured = loader.configuration();
    return loader.withWeights(configured, RampFile.FILE);
  }

  /**
   * Loads and validates a folder with the ramps of another file in place of the folder's. Heads
   * that they name lie in the folder all the same. The content hash is that of the folder's hash
   * and the ramps, so that equal hashes still mean equal results.
   *
   * @param source the ramp file's name, for messages
   * @throws ModelException as for a folder, and if the ramps do not fit the model
   */
  public static LoadedModel load(Path path, RampFile ramps, String source) {
    ModelLoader loader = new ModelLoader(path);
    Configured own = loader.configuration();
    Configured other = new Configured(ramps.applyTo(own.spec(), source), own.stops());
    LoadedModel model = loader.withWeights(other, source);
    String hash = ContentHash.of(model.contentHash() + "\n" + ramps.ramps());
    return new LoadedModel(model.spec(), model.stopTokens(), hash, model.tensors());
  }

  /**
   * SHA-256 (hex) over the files of a folder that change results, {@code ramps.json} apart: the
   * same for a model whatever its thresholds are. Reads all weights.
   *
   * @param ramps whose own heads count among the weights
   * @throws ModelException naming the file that is missing or cannot be read
   */
  public static String hashWithoutRamps(Path path, List<RampSpec> ramps) {
    ModelFolder folder = ModelFolder.open(path);
    return ContentHash.withoutRamps(folder, WeightFiles.find(folder).namesWithHeads(ramps));
  }

  private Configured configuration() {
    ObjectNode json = folder.json(ModelConfig.FILE, MAX_CONFIG_BYTES);
    ModelConfig config = new ModelConfig(json, problems);
    ModelSpec shape = config.spec();
    Set<Integer> stops = stopTokens(json, config.vocabForStops(shape));
    ModelSpec spec = withRamps(shape, config.layersForRamps(shape));
    problems.throwIfAny(subject);
    return new Configured(spec, stops);
  }

  private Set<Integer> stopTokens(ObjectNode config, int vocab) {
    Set<Integer> stops =
        new TreeSet<>(ModelConfig.stopTokens(config, ModelConfig.FILE, vocab, problems));
    if (folder.has(ModelConfig.GENERATION_FILE)) {
      ObjectNode generation = folder.json(ModelConfig.GENERATION_FILE, MAX_CONFIG_BYTES);
      stops.addAll(
          ModelConfig.stopTokens(generation, ModelConfig.GENERATION_FILE, vocab, problems));
    }
    return stops;
  }

  private ModelSpec withRamps(ModelSpec spec, int layers) {
    if (!folder.has(RampFile.FILE)) {
      return spec;
    }
    ObjectNode json = folder.json(RampFile.FILE, RampFile.MAX_BYTES);
    return spec.withRamps(new RampReader(RampFile.FILE, layers, problems).read(json).ramps());
  }

  private LoadedModel withWeights(Configured configured, String rampSource) {
    ModelSpec spec = configured.spec();
    WeightFiles files = WeightFiles.find(folder);
    Map<String, Tensor> tensors = new HashMap<>(WeightShapes.select(spec, files.map(), problems));
    HeadReader heads = new HeadReader(folder, spec, rampSource, problems);
    heads.read();
    problems.throwIfAny(subject);
    tensors.putAll(heads.tensors());
    return new LoadedModel(
        spec.withRamps(spec.ramps(), heads.shapes()),
        configured.stops(),
        ContentHash.of(folder, files.namesWithHeads(spec.ramps())),
        tensors);
  }
}
