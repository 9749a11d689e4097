package io.drex.demo.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All that a run needs to go on as if it had not stopped: the folder {@code checkpoint} of a model
 * folder with {@code state.json} and {@code state.f32}, the three arrays as little-endian float32.
 *
 * @param weights flat, see {@link FlatWeights}
 * @param mean AdamW's first moment
 * @param variance AdamW's second moment
 */
public record Checkpoint(Progress progress, float[] weights, float[] mean, float[] variance) {
  private static final String FOLDER = "checkpoint";
  private static final String STATE = "state.json";
  private static final String ARRAYS = "state.f32";

  /** Fresh weights and moments. */
  public static Checkpoint start(float[] weights) {
    int size = weights.length;
    return new Checkpoint(Progress.START, weights, new float[size], new float[size]);
  }

  /**
   * Replaces the checkpoint of a model folder. A run killed meanwhile leaves a whole one, the new
   * or the old, in {@code checkpoint}, {@code checkpoint.new} or {@code checkpoint.old}.
   */
  public void write(Path modelFolder) throws IOException {
    Path fresh = modelFolder.resolve(FOLDER + ".new");
    Path old = modelFolder.resolve(FOLDER + ".old");
    Path current = modelFolder.resolve(FOLDER);
    delete(fresh);
    Files.createDirectories(fresh);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(3 * Float.BYTES, weights.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights).put(mean).put(variance);
    Files.write(fresh.resolve(ARRAYS), bytes.array());
    Files.writeString(fresh.resolve(STATE), state().toPrettyString() + "\n");
    delete(old);
    if (Files.exists(current)) {
      Files.move(current, old);
    }
    Files.move(fresh, current);
    delete(old);
  }

  /**
   * Reads the checkpoint of a model folder.
   *
   * @param size elements of each array, as the model's shape implies
   * @throws IOException if it is missing or of a model of another size
   */
  public static Checkpoint read(Path modelFolder, int size) throws IOException {
    Path folder = modelFolder.resolve(FOLDER);
    JsonNode state = new ObjectMapper().readTree(Files.readString(folder.resolve(STATE)));
    int elements = state.path("elements").asInt();
    byte[] bytes = Files.readAllBytes(folder.resolve(ARRAYS));
    if (elements != size || bytes.length != 3L * Float.BYTES * size) {
      throw new IOException(
          folder
              + ": a model of "
              + elements
              + " weights in "
              + bytes.length
              + " bytes, but the options describe one of "
              + size
              + "; resume with the shape that the run began with");
    }
    FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[][] arrays = new float[3][size];
    for (float[] array : arrays) {
      floats.get(array);
    }
    return new Checkpoint(progress(state), arrays[0], arrays[1], arrays[2]);
  }

  private ObjectNode state() {
    ObjectNode state = new ObjectMapper().createObjectNode();
    state.put("step", progress.step()).put("tokens", progress.tokens());
    state.put("pool", progress.next().pool()).put("index", progress.next().index());
    state.put("elements", weights.length);
    return state.put("cpuSeconds", progress.cpuSeconds()).put("seconds", progress.seconds());
  }

  private static Progress progress(JsonNode state) {
    return new Progress(
        state.path("step").asInt(),
        state.path("tokens").asLong(),
        new Batches.Position(state.path("pool").asLong(), state.path("index").asInt()),
        state.path("cpuSeconds").asDouble(),
        state.path("seconds").asDouble());
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Files.deleteIfExists(folder.resolve(ARRAYS));
      Files.deleteIfExists(folder.resolve(STATE));
      Files.delete(folder);
    }
  }
}
