package io.drex.synthetic;

import io.drex.model.DType;
import io.drex.model.RandomBlock;
import io.drex.model.Tensor;
import io.drex.model.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One block of random bf16 values, as long as the largest tensor and a little more. Every tensor is
 * a view of it that starts elsewhere, so that a model of any depth takes no more memory than that
 * until it is packed, and none where a device makes the values itself. Values are spread evenly
 * with a standard deviation of .02, with which hidden states of any usual width stay finite.
 */
final class RandomWeights {
  private static final long SEED = 1;
  private static final float DEVIATION = .02f;

  /** Values by which the starts of tensors differ at most. */
  private static final int SHIFTS = 1 << 20;

  /** Values between the starts of tensors that follow each other: odd cache lines. */
  private static final int SHIFT = 7919 * 64;

  private static final short ONE = 0x3F80;

  private final RandomBlock block;
  private int tensors;

  private RandomWeights(RandomBlock block) {
    this.block = block;
  }

  /** Weights for tensors of up to so many values. */
  static RandomWeights forLargest(long values) {
    float widest = DEVIATION * (float) Math.sqrt(3);
    return new RandomWeights(new RandomBlock(SEED, widest, Math.addExact(values, SHIFTS)));
  }

  /** The next tensor: random if it is a matrix, the weights of a norm if it is a vector. */
  Tensor next(String name, List<Long> shape) {
    long values = shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    if (shape.size() == 1) {
      return new Tensor(name, DType.BF16, shape, ones(Math.toIntExact(values)));
    }
    long first = (long) SHIFT * tensors++ % SHIFTS;
    return new Tensor(name, DType.BF16, shape, new TensorSource.Random(block, first, values));
  }

  private static ByteBuffer ones(int count) {
    short[] values = new short[count];
    Arrays.fill(values, ONE);
    ByteBuffer ones =
        ByteBuffer.allocate(count * DType.BF16.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ones.asShortBuffer().put(values);
    return ones;
  }
}
