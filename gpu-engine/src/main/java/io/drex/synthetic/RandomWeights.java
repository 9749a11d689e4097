package io.drex.synthetic;

import io.drex.model.DType;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One block of random bf16 values, as long as the largest tensor and a little more. Every tensor is
 * a view of it that starts elsewhere, so that a model of any depth takes no more memory than that
 * until it is packed. Values are spread evenly with a standard deviation of .02, with which hidden
 * states of any usual width stay finite.
 */
final class RandomWeights {
  private static final long SEED = 1;
  private static final float DEVIATION = .02f;

  /** Values by which the starts of tensors differ at most. */
  private static final int SHIFTS = 1 << 20;

  /** Values between the starts of tensors that follow each other: odd cache lines. */
  private static final int SHIFT = 7919 * 64;

  private static final short ONE = 0x3F80;

  private final ByteBuffer block;
  private int tensors;

  private RandomWeights(ByteBuffer block) {
    this.block = block;
  }

  /** Weights for tensors of up to so many values. */
  static RandomWeights forLargest(long values) {
    int length = Math.toIntExact(Math.addExact(values, SHIFTS));
    int bytes = Math.multiplyExact(length, DType.BF16.bytes());
    ByteBuffer block = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(SEED);
    float widest = DEVIATION * (float) Math.sqrt(3);
    for (int i = 0; i < length; i++) {
      float value = ((int) (random.nextLong() >> 40) / (float) (1 << 23)) * widest;
      block.putShort(i * DType.BF16.bytes(), (short) (Float.floatToRawIntBits(value) >>> 16));
    }
    return new RandomWeights(block);
  }

  /** The next tensor: random if it is a matrix, the weights of a norm if it is a vector. */
  Tensor next(String name, List<Long> shape) {
    long values = shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    int bytes = Math.toIntExact(values * DType.BF16.bytes());
    if (shape.size() == 1) {
      return new Tensor(name, DType.BF16, shape, ones(bytes));
    }
    int start = (int) ((long) SHIFT * tensors++ % SHIFTS);
    return new Tensor(name, DType.BF16, shape, block.slice(start * DType.BF16.bytes(), bytes));
  }

  private static ByteBuffer ones(int bytes) {
    short[] values = new short[bytes / DType.BF16.bytes()];
    Arrays.fill(values, ONE);
    ByteBuffer ones = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ones.asShortBuffer().put(values);
    return ones;
  }
}
