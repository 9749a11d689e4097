package io.drex.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One named weight, memory-mapped and read-only.
 *
 * @param shape row-major, outermost first
 * @param data little-endian elements, exactly shape × dtype bytes, position 0
 */
public record Tensor(String name, DType dtype, List<Long> shape, ByteBuffer data) {

  public Tensor {
    shape = List.copyOf(shape);
    data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }
}
