package io.drex.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The contents of {@code ramps.json}: {@code {"ramps": [{"depth": 2, "head": "shared", "metric":
 * "max_prob", "threshold": 0.9}], "trainedFor": ["map"], "calibration": {}}}. A missing metric is
 * {@code margin}; the threshold {@code "off"} never exits; {@code head} is {@code shared} (the
 * default), the model's final norm and LM head, or {@code file.safetensors:name}, a head of the
 * ramp's own in the model's folder.
 *
 * @param ramps by increasing depth
 * @param trainedFor KV methods the model was trained with; empty when it was not trained to exit
 * @param calibration what was measured when thresholds were chosen, as JSON text; opaque here
 */
public record RampFile(List<RampSpec> ramps, List<String> trainedFor, String calibration) {
  /** The file's name in a model folder. */
  public static final String FILE = "ramps.json";

  static final long MAX_BYTES = 4L << 20;

  public RampFile {
    ramps = List.copyOf(ramps);
    trainedFor = List.copyOf(trainedFor);
  }

  /**
   * Parses the text of a ramp file; all errors are in one message.
   *
   * @param sourceName the file's name, for messages
   */
  public static RampFile parse(String json, String sourceName) {
    return parse(json.getBytes(StandardCharsets.UTF_8), sourceName);
  }

  private static RampFile parse(byte[] json, String sourceName) {
    Problems problems = new Problems();
    RampFile file =
        new RampReader(sourceName, Integer.MAX_VALUE, problems).read(Json.object(json, sourceName));
    problems.throwIfAny(sourceName);
    return file;
  }

  /** The ramp file of a model folder, where there is one. */
  public static Optional<RampFile> read(Path folder) {
    ModelFolder files = ModelFolder.open(folder);
    if (!files.has(FILE)) {
      return Optional.empty();
    }
    return Optional.of(parse(files.read(FILE, MAX_BYTES), FILE));
  }

  /** The text of this file; {@link #parse} of it gives an equal file. */
  public String format() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ArrayNode list = root.putArray("ramps");
    for (RampSpec ramp : ramps) {
      ObjectNode entry = list.addObject();
      entry.put("depth", ramp.depth());
      entry.put("head", ramp.head().text());
      entry.put("metric", ramp.metric().text());
      if (ramp.isOff()) {
        entry.put("threshold", "off");
      } else {
        entry.put("threshold", ramp.threshold());
      }
    }
    ArrayNode methods = root.putArray("trainedFor");
    trainedFor.forEach(methods::add);
    try {
      root.set("calibration", Json.MAPPER.readTree(calibration));
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new ModelException(
          FILE + ": calibration: not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The model with these ramps; refuses a ramp at or above the model's last layer. */
  public ModelSpec applyTo(ModelSpec spec, String sourceName) {
    Problems problems = new Problems();
    for (int i = 0; i < ramps.size(); i++) {
      if (ramps.get(i).depth() >= spec.layers()) {
        problems.add(sourceName, "ramps[" + i + "].depth", tooDeep(ramps.get(i).depth(), spec));
      }
    }
    problems.throwIfAny(sourceName);
    return spec.withRamps(ramps);
  }

  private static String tooDeep(int depth, ModelSpec spec) {
    return depth + " is not in (0, " + spec.layers() + "), the model's layers";
  }
}
