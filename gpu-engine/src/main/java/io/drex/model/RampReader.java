package io.drex.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the document of a {@link RampFile} against a model's number of layers. */
final class RampReader {
  private static final Set<String> KEYS = Set.of("ramps", "trainedFor", "calibration");
  private static final Set<String> RAMP_KEYS = Set.of("depth", "head", "metric", "threshold");
  private static final Set<String> KV_METHODS = Set.of("map", "copy", "propagate", "recompute");

  private final String file;
  private final int layers;
  private final Problems problems;

  RampReader(String file, int layers, Problems problems) {
    this.file = file;
    this.layers = layers;
    this.problems = problems;
  }

  /** The document's contents; entries with errors are left out and noted. */
  RampFile read(ObjectNode root) {
    unknownKeys(root, KEYS, "");
    List<RampSpec> ramps = new ArrayList<>();
    JsonNode list = root.get("ramps");
    if (list == null || !list.isArray()) {
      problems.add(file, "ramps", "missing or not a list");
    } else {
      for (int i = 0; i < list.size(); i++) {
        ramp(list.get(i), "ramps[" + i + "]", ramps);
      }
    }
    JsonNode calibration = root.get("calibration");
    if (calibration != null && !calibration.isObject()) {
      problems.add(file, "calibration", "not an object");
    }
    return new RampFile(
        ramps, trainedFor(root), calibration == null ? "{}" : calibration.toString());
  }

  private void ramp(JsonNode node, String at, List<RampSpec> ramps) {
    if (!(node instanceof ObjectNode entry)) {
      problems.add(file, at, "not an object");
      return;
    }
    unknownKeys(entry, RAMP_KEYS, at + ".");
    RampHead head = head(entry.get("head"), at);
    int depth = depth(entry.get("depth"), at, ramps);
    ConfidenceMetric metric = metric(entry.get("metric"), at);
    float threshold = threshold(entry.get("threshold"), metric, at);
    if (depth > 0) {
      ramps.add(new RampSpec(depth, head, metric, threshold));
    }
  }

  private RampHead head(@Nullable JsonNode node, String at) {
    if (node == null || node.asText().equals(RampHead.SHARED.text())) {
      return RampHead.SHARED;
    }
    // Neither a file name nor, by custom, a tensor's name has a colon.
    int colon = node.asText().lastIndexOf(':');
    String headFile = colon < 0 ? "" : node.asText().substring(0, colon);
    String name = node.asText().substring(colon + 1);
    if (!headFile.endsWith(".safetensors") || name.isEmpty()) {
      problems.add(
          file, at + ".head", node + " is neither \"shared\" nor \"file.safetensors:name\"");
    } else if (!ModelFolder.isPlain(headFile)) {
      problems.add(file, at + ".head", ModelFolder.notPlain(headFile));
    } else {
      return new RampHead.Own(headFile, name);
    }
    return RampHead.SHARED;
  }

  private int depth(@Nullable JsonNode node, String at, List<RampSpec> before) {
    if (node == null || !node.isInt() || node.intValue() <= 0 || node.intValue() >= layers) {
      String upper = layers == Integer.MAX_VALUE ? "layers" : Integer.toString(layers);
      problems.add(file, at + ".depth", node + " is not an integer in (0, " + upper + ")");
      return 0;
    }
    int last = before.isEmpty() ? 0 : before.get(before.size() - 1).depth();
    if (node.intValue() <= last) {
      problems.add(file, at + ".depth", node + " is not above " + last + "; depths must increase");
      return 0;
    }
    return node.intValue();
  }

  private float threshold(@Nullable JsonNode node, ConfidenceMetric metric, String at) {
    if (node != null && node.isTextual() && node.textValue().equals("off")) {
      return RampSpec.OFF;
    }
    double value = node != null && node.isNumber() ? node.doubleValue() : Double.NaN;
    if (!metric.isLegal(value)) {
      problems.add(file, at + ".threshold", node + " is not " + metric.range() + " or \"off\"");
      return RampSpec.OFF;
    }
    return (float) value;
  }

  private ConfidenceMetric metric(@Nullable JsonNode node, String at) {
    if (node == null) {
      return ConfidenceMetric.MARGIN;
    }
    for (ConfidenceMetric metric : ConfidenceMetric.values()) {
      if (node.asText().equals(metric.text())) {
        return metric;
      }
    }
    String known =
        Arrays.stream(ConfidenceMetric.values())
            .map(ConfidenceMetric::text)
            .collect(Collectors.joining(", "));
    problems.add(file, at + ".metric", node + " is not one of: " + known);
    return ConfidenceMetric.MARGIN;
  }

  private List<String> trainedFor(ObjectNode root) {
    List<String> methods = new ArrayList<>();
    JsonNode list = root.get("trainedFor");
    if (list == null) {
      return methods;
    }
    for (JsonNode method : list.isArray() ? list : List.of(list)) {
      if (method.isTextual() && KV_METHODS.contains(method.textValue())) {
        methods.add(method.textValue());
      } else {
        problems.add(
            file, "trainedFor", method + " is not one of: map, copy, propagate, recompute");
      }
    }
    return methods;
  }

  private void unknownKeys(ObjectNode node, Set<String> known, String at) {
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        problems.add(
            file,
            at + name,
            "unknown key; known: " + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }
}
