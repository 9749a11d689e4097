package io.drex.device.cpu.onednn;

import java.util.SplittableRandom;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;

/** Multiplies made-up rows by a made-up slice, for {@link BatchInvariance}. */
final class SliceTrial implements BatchInvariance.Trial, AutoCloseable {
  private static final int SIGN_AND_MANTISSA = 0x807F;

  /** Of magnitudes from 2^-7 up to 2. */
  private static final int LEAST_EXPONENT = 120;

  private final SliceProducts products;
  private final Worker worker;
  private final short[][] rows = new short[RowSizes.MOST][]; // [row][input]
  private final Bf16Rows input;
  private final NativeMemory weights;
  private final memory slice;
  private final dnnl_memory handle;

  SliceTrial(engine cpu, SliceProducts products, Worker worker) {
    this.products = products;
    this.worker = worker;
    SplittableRandom random = new SplittableRandom(1);
    SliceShape shape = products.shape();
    for (int row = 0; row < rows.length; row++) {
      rows[row] = values(random, shape.inputs());
    }
    input = Bf16Rows.allocate(rows.length, shape.inputs());
    int count = Math.toIntExact(products.weights().get_size() / Short.BYTES);
    weights = NativeMemory.allocate((long) count * Short.BYTES);
    weights.shorts(0, count).put(values(random, count));
    slice = new memory(products.weights(), cpu, weights.at(0));
    handle = slice.get();
  }

  private static short[] values(SplittableRandom random, int count) {
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      int bits = random.nextInt();
      int exponent = LEAST_EXPONENT + (bits >>> 16 & 7);
      values[i] = (short) ((bits & SIGN_AND_MANTISSA) | (exponent << 7));
    }
    return values;
  }

  /** The rows that pad the call are what earlier calls left. */
  @Override
  public float[] multiply(int from, int count) {
    SliceShape shape = products.shape();
    for (int row = 0; row < count; row++) {
      input.put(row, 0, rows[from + row], shape.inputs());
    }
    float[] outputs = new float[count * shape.outputs()];
    products.run(worker, input, 0, count, handle).get(0, outputs);
    return outputs;
  }

  @Override
  public void close() {
    slice.close();
    weights.close();
    input.close();
  }
}
