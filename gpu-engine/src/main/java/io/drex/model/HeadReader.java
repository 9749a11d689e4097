package io.drex.model;

import static io.drex.model.HeadTensor.LINEAR;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the heads that ramps have to themselves, and finds out what each is made of. */
final class HeadReader {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final int MAX_WIDTH = 1 << 20;

  private final ModelFolder folder;
  private final ModelSpec spec;
  private final String source;
  private final Problems problems;
  private final Map<String, Map<String, Tensor>> files = new HashMap<>();
  private final Map<RampHead.Own, HeadShape> shapes = new HashMap<>();
  private final Map<String, Tensor> tensors = new HashMap<>();

  /**
   * @param source the ramp file's name, for messages
   */
  HeadReader(ModelFolder folder, ModelSpec spec, String source, Problems problems) {
    this.folder = folder;
    this.spec = spec;
    this.source = source;
    this.problems = problems;
  }

  /**
   * Reads the heads of all ramps, be they off or not; notes tensors that are missing, of another
   * shape, or that the arithmetic would ignore.
   *
   * @throws ModelException if a file is missing, not in the folder, or malformed
   */
  void read() {
    for (RampSpec ramp : spec.ramps()) {
      if (ramp.head() instanceof RampHead.Own head && !shapes.containsKey(head)) {
        shapes.put(head, read(head, files.computeIfAbsent(head.file(), file -> map(head))));
      }
    }
  }

  /** What the heads are made of; meaningful only while nothing was noted in the problems. */
  Map<RampHead.Own, HeadShape> shapes() {
    return shapes;
  }

  /** The heads' tensors, by {@link RampHead.Own#tensor}. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  private Map<String, Tensor> map(RampHead.Own head) {
    try {
      return Safetensors.map(folder.file(head.file()), head.file());
    } catch (ModelException e) {
      throw new ModelException(source + ": head " + head.text() + ": " + e.getMessage(), e);
    }
  }

  private HeadShape read(RampHead.Own head, Map<String, Tensor> found) {
    Tensor whole = found.get(head.name());
    Map<HeadTensor, Tensor> parts = whole == null ? parts(head, found) : Map.of(LINEAR, whole);
    refuseOthers(head, whole == null, found);
    if (parts.isEmpty()) {
      problems.add(
          head.file(),
          head.name(),
          "there is neither such a tensor nor one named " + head.name() + LINEAR.suffix());
      return HeadShape.LINEAR;
    }
    HeadShape shape = whole == null ? shape(parts) : HeadShape.LINEAR;
    for (HeadTensor part : HeadTensor.values()) {
      if (part.isIn(shape.kind())) {
        take(head, part, parts.get(part), shape);
      }
    }
    return shape;
  }

  private static Map<HeadTensor, Tensor> parts(RampHead.Own head, Map<String, Tensor> found) {
    Map<HeadTensor, Tensor> parts = new EnumMap<>(HeadTensor.class);
    for (HeadTensor part : HeadTensor.values()) {
      Tensor tensor = found.get(head.name() + part.suffix());
      if (tensor != null) {
        parts.put(part, tensor);
      }
    }
    return parts;
  }

  private void refuseOthers(RampHead.Own head, boolean inParts, Map<String, Tensor> found) {
    Set<String> known = new HashSet<>();
    if (inParts) {
      for (HeadTensor part : HeadTensor.values()) {
        known.add(head.name() + part.suffix());
      }
    }
    for (String name : new TreeSet<>(found.keySet())) {
      boolean belongs = name.startsWith(head.name() + ".") || name.equals(bias(head.name()));
      if (belongs && !known.contains(name)) {
        problems.add(head.file(), name, "the head " + head.text() + " has no such tensor");
      }
    }
  }

  /** The name of the bias that would belong to a linear layer's weights. */
  private static String bias(String weights) {
    return weights.endsWith(WEIGHT)
        ? weights.substring(0, weights.length() - WEIGHT.length()) + BIAS
        : "";
  }

  // One part of an MLP is enough to tell that there should be one.
  private static HeadShape shape(Map<HeadTensor, Tensor> parts) {
    if (parts.keySet().stream().allMatch(part -> part.isIn(HeadShape.Kind.NORM_LINEAR))) {
      return HeadShape.NORM_LINEAR;
    }
    Tensor gate = parts.get(HeadTensor.GATE);
    if (gate == null || gate.shape().size() != 2 || gate.shape().get(0) > MAX_WIDTH) {
      return HeadShape.mlp(0);
    }
    return HeadShape.mlp(Math.toIntExact(gate.shape().get(0)));
  }

  private void take(RampHead.Own head, HeadTensor part, @Nullable Tensor tensor, HeadShape shape) {
    List<Long> expected = expected(part, shape.mlpWidth());
    boolean known = !expected.contains(0L);
    if (tensor == null) {
      problems.add(
          head.file(), head.name() + part.suffix(), "missing; expected shape " + text(expected));
    } else if (known ? !tensor.shape().equals(expected) : part == HeadTensor.GATE) {
      problems.add(
          head.file(), tensor.name(), "shape " + tensor.shape() + " is not " + text(expected));
    } else {
      tensors.put(head.tensor(part), tensor);
    }
  }

  /** A shape, in which 0 is the MLP's width that could not be told. */
  private static String text(List<Long> shape) {
    return shape.stream()
        .map(size -> size == 0 ? "width" : size.toString())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private List<Long> expected(HeadTensor part, long mlpWidth) {
    long hidden = spec.hiddenSize();
    return switch (part) {
      case MLP_NORM, NORM -> List.of(hidden);
      case GATE, UP -> List.of(mlpWidth, hidden);
      case DOWN -> List.of(hidden, mlpWidth);
      case LINEAR -> List.of((long) spec.vocabSize(), hidden);
    };
  }
}
