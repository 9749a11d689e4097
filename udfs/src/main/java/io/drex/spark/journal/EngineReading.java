package io.drex.spark.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.engine.EngineSnapshot;
import java.io.UncheckedIOException;

/**
 * An engine's counters when a journal file was published; stands in the file's footer.
 *
 * @param executorId Spark's name of the executor
 * @param implementation device and kernels
 * @param modelLoadMillis time from the start of the model's load to the engine's first readiness
 * @param snapshot counters since the engine was opened
 */
public record EngineReading(
    String executorId, String implementation, long modelLoadMillis, EngineSnapshot snapshot) {

  private static final ObjectMapper JSON = new ObjectMapper();

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static EngineReading parse(String json) {
    try {
      return JSON.readValue(json, EngineReading.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counters only grow, so of two readings of one engine the newer one has seen more. */
  boolean isNewerThan(EngineReading other) {
    return snapshot.completed() > other.snapshot.completed()
        || (snapshot.completed() == other.snapshot.completed()
            && snapshot.steps() > other.snapshot.steps());
  }
}
