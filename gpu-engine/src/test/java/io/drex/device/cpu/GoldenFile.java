package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.device.LockstepDecoder.Step;
import io.drex.golden.GoldenCompletion;
import io.drex.golden.GoldenReading;
import io.drex.golden.ModelGolden;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What golden tests share: where the files lie, ramps, and the comparison of decoded tokens. */
final class GoldenFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenFile() {}

  /** The root of the checkout. */
  static Path root() {
    return Path.of(System.getProperty("drex.root", ".."));
  }

  static JsonNode read(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }

  static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }

  /**
   * What the head says after each layer.
   *
   * @param layers objects with {@code top5}, pairs [id, logit], and perhaps {@code conf}
   */
  static List<GoldenReading> readings(JsonNode layers) {
    List<GoldenReading> readings = new ArrayList<>();
    for (JsonNode layer : layers) {
      JsonNode best = layer.get("top5");
      int[] tokens = new int[best.size()];
      double[] logits = new double[best.size()];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = best.get(i).get(0).intValue();
        logits[i] = best.get(i).get(1).doubleValue();
      }
      readings.add(new GoldenReading(tokens, logits, layer.path("conf").asDouble(Double.NaN)));
    }
    return readings;
  }

  /** The model with a ramp of one threshold at each depth. */
  static LoadedModel withRamps(LoadedModel model, int[] depths, float threshold) {
    List<RampSpec> ramps =
        Arrays.stream(depths)
            .mapToObj(depth -> new RampSpec(depth, ConfidenceMetric.MAX_PROB, threshold))
            .toList();
    return model.withSpec(model.spec().withRamps(ramps));
  }

  static void assertSteps(List<Step> steps, GoldenCompletion golden) {
    assertThat(steps.stream().mapToInt(Step::token).toArray()).as("tokens").isEqualTo(golden.ids());
    assertThat(steps.stream().mapToInt(Step::depth).toArray())
        .as("depths")
        .isEqualTo(golden.depths());
    for (int i = 0; i < steps.size(); i++) {
      assertThat((double) steps.get(i).confidence())
          .as("confidence of token %d", i)
          .isCloseTo(golden.confidences()[i], within(ModelGolden.CONFIDENCE_TOLERANCE));
    }
  }
}
