package io.drex.model;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One named weight.
 *
 * @param shape row-major, outermost first
 * @param source of its elements, exactly shape × dtype bytes
 */
public record Tensor(String name, DType dtype, List<Long> shape, TensorSource source) {

  public Tensor {
    shape = List.copyOf(shape);
  }

  /**
   * A tensor whose elements are there.
   *
   * @param data little-endian elements, exactly shape × dtype bytes, position 0
   */
  public Tensor(String name, DType dtype, List<Long> shape, ByteBuffer data) {
    this(name, dtype, shape, new TensorSource.Stored(data));
  }

  /** The elements: little-endian, read-only, position 0. They may be made now. */
  public ByteBuffer data() {
    return source.data();
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Bytes of all elements, made or not. */
  public long bytes() {
    return elements() * dtype.bytes();
  }
}
