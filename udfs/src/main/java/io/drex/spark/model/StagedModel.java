package io.drex.spark.model;

import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.ModelLoader;
import io.drex.model.RampFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model that this host can map into memory.
 *
 * @param name what the model is called in results
 * @param folder its files, tokenizer included
 * @param ramps ramps to use instead of the folder's
 */
public record StagedModel(String name, Path folder, Optional<Ramps> ramps) {

  /**
   * Ramps from a file outside the model's folder.
   *
   * @param source the file's name, for messages
   */
  public record Ramps(String source, RampFile file) {}

  /**
   * Loads the model, with the other ramps if there are any. Then the content hash is that of the
   * folder's hash and the ramps, so that equal hashes still mean equal results.
   *
   * @throws ModelException naming the file and the key or tensor
   */
  public LoadedModel load() {
    return ramps
        .map(other -> ModelLoader.load(folder, other.file(), other.source()))
        .orElseGet(() -> ModelLoader.load(folder));
  }

  /**
   * The ramps with what is known of them, as their file says; no ramps where there is no file.
   *
   * @throws ModelException naming the file and the key
   */
  public RampFile rampFile() {
    return ramps
        .map(Ramps::file)
        .or(() -> RampFile.read(folder))
        .orElseGet(() -> new RampFile(List.of(), List.of(), "{}"));
  }
}
