package io.drex.device;

import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What a device keeps of a model's weights, and where.
 *
 * @param types element types, for a run's fingerprint: {@code bf16}, {@code bf16+f32}
 * @param heapBytes about how much of the Java heap they take
 * @param nativeBytes about how much of the process's other memory
 * @param deviceBytes about how much of the device's own
 */
public record HeldWeights(String types, long heapBytes, long nativeBytes, long deviceBytes) {

  /** Where a tensor is held. */
  public enum Place {
    /** The Java heap. */
    HEAP,
    /** The process's memory outside the heap. */
    NATIVE,
    /** A device's own memory; the KV cache and hidden states are there, too. */
    DEVICE
  }

  /**
   * How a tensor is held.
   *
   * @param type of its elements
   */
  public record Held(String type, Place place, long bytes) {
    /** As it lies in the model's files. */
    public static Held asStored(Tensor tensor) {
      return new Held(type(tensor), Place.HEAP, tensor.bytes());
    }

    /** The type that a tensor has in the model's files. */
    public static String type(Tensor tensor) {
      return tensor.dtype().name().toLowerCase(Locale.ROOT);
    }
  }

  /** Weights as they lie in the model's files, on the heap. */
  public static HeldWeights asStored(LoadedModel model) {
    return of(model, Held::asStored);
  }

  /** All weights of a model, each held in its way, and once. */
  public static HeldWeights of(LoadedModel model, Function<Tensor, Held> how) {
    Set<String> types = new TreeSet<>();
    Map<Place, Long> bytes = new EnumMap<>(Place.class);
    for (Tensor tensor : model.distinctTensors()) {
      Held held = how.apply(tensor);
      types.add(held.type());
      bytes.merge(held.place(), held.bytes(), Long::sum);
    }
    return new HeldWeights(
        String.join("+", types),
        bytes.getOrDefault(Place.HEAP, 0L),
        bytes.getOrDefault(Place.NATIVE, 0L),
        bytes.getOrDefault(Place.DEVICE, 0L));
  }

  /** Wherever they are. */
  public long bytes() {
    return heapBytes + nativeBytes + deviceBytes;
  }

  /** Whether the model, with its KV cache and hidden states, lies in a device's own memory. */
  public boolean isOnDevice() {
    return deviceBytes > 0;
  }
}
