package io.drex.demo.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * All that a run needs to go on as if it had not stopped: {@code state.safetensors}, the flat
 * weights with both moments in float32, and {@code state.json}.
 *
 * @param step steps done
 * @param tokens tokens seen
 * @param next where the following batches begin
 * @param weights flat, see {@link FlatWeights}
 * @param mean AdamW's first moment
 * @param variance AdamW's second moment
 */
public record Checkpoint(
    int step, long tokens, Batches.Position next, float[] weights, float[] mean, float[] variance) {
  private static final String STATE = "state.json";
  private static final String TENSORS = "state.f32";

  /** Writes the checkpoint folder; a run killed meanwhile leaves the one before. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path partial = folder.resolve(TENSORS + ".partial");
    ByteBuffer bytes =
        ByteBuffer.allocate(3 * weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights).put(mean).put(variance);
    Files.write(partial, bytes.array());
    var state = new ObjectMapper().createObjectNode().put("step", step).put("tokens", tokens);
    state.put("pool", next.pool()).put("index", next.index()).put("elements", weights.length);
    Path statePartial = folder.resolve(STATE + ".partial");
    Files.writeString(statePartial, state.toPrettyString() + "\n");
    Files.move(partial, folder.resolve(TENSORS), StandardCopyOption.REPLACE_EXISTING);
    Files.move(statePartial, folder.resolve(STATE), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Reads a checkpoint of a model with so many weights. */
  public static Checkpoint read(Path folder, int elements) throws IOException {
    JsonNode state = new ObjectMapper().readTree(Files.readString(folder.resolve(STATE)));
    if (state.path("elements").asInt() != elements) {
      throw new IOException(
          folder.resolve(STATE)
              + ": a model of "
              + state.path("elements")
              + " weights, but the options describe one of "
              + elements
              + "; resume with the options of the first run");
    }
    var floats =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(TENSORS)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[][] parts = new float[3][elements];
    for (float[] part : parts) {
      floats.get(part);
    }
    return new Checkpoint(
        state.path("step").asInt(),
        state.path("tokens").asLong(),
        new Batches.Position(state.path("pool").asLong(), state.path("index").asInt()),
        parts[0],
        parts[1],
        parts[2]);
  }
}
