package io.drex.device.cpu.onednn;

import io.drex.device.DeviceException;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multiplication of any number of rows by slices of one shape. A row's outputs have the same bits
 * whatever rows are beside it: that is tried out when this is compiled, and where it does not hold
 * all rows run in tiles of {@link RowSizes#TILE}.
 */
final class SliceProducts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SliceProducts.class);

  private final SliceShape shape;
  private final SliceProduct[] products; // ascending in rows
  private final int most;
  private final SliceProduct[] forRows; // [rows], the least that holds them

  private SliceProducts(SliceShape shape, int[] sizes, SliceProduct[] products) {
    this.shape = shape;
    this.products = products;
    most = sizes[sizes.length - 1];
    forRows = new SliceProduct[most + 1];
    int size = 0;
    for (int rows = 0; rows <= most; rows++) {
      if (rows > sizes[size]) {
        size++;
      }
      forRows[rows] = products[size];
    }
  }

  /**
   * @param worker the current thread's, of {@code workers}
   * @throws DeviceException if rows depend on each other even in tiles
   */
  static SliceProducts compile(
      engine cpu, SliceShape shape, Worker worker, int workers, BatchInvariance invariance) {
    SliceProducts free = compile(cpu, shape, RowSizes.all(), workers);
    try (SliceTrial trial = new SliceTrial(cpu, free, worker)) {
      if (invariance.holds(trial, RowSizes.all())) {
        return free;
      }
    }
    free.close();
    SliceProducts tiled = compile(cpu, shape, new int[] {RowSizes.TILE}, workers);
    try (SliceTrial trial = new SliceTrial(cpu, tiled, worker)) {
      if (!invariance.holdsInTiles(trial, RowSizes.TILE)) {
        throw new DeviceException(
            "oneDNN's outputs for "
                + shape
                + " weights change with the rows beside a row; run with --device cpu:vector");
      }
    }
    LOG.warn(
        "oneDNN ({}) rounds differently by the number of rows for {} weights; all run in tiles of"
            + " {} rows. If that is slower than --device cpu:vector, run with that.",
        tiled.implementation(),
        shape,
        RowSizes.TILE);
    return tiled;
  }

  private static SliceProducts compile(engine cpu, SliceShape shape, int[] sizes, int workers) {
    SliceProduct[] products = new SliceProduct[sizes.length];
    try (memory.desc any = SliceProduct.anyLayout(shape)) {
      products[0] = new SliceProduct(cpu, shape, sizes[0], any, workers);
    }
    for (int i = 1; i < sizes.length; i++) {
      products[i] = new SliceProduct(cpu, shape, sizes[i], products[0].weights(), workers);
    }
    return new SliceProducts(shape, sizes, products);
  }

  SliceShape shape() {
    return shape;
  }

  /** Most rows of a call, a multiple of {@link RowSizes#TILE}. */
  int most() {
    return most;
  }

  memory.desc weights() {
    return products[0].weights();
  }

  String implementation() {
    return products[products.length - 1].implementation();
  }

  /**
   * Multiplies rows [from, from + rows) of x, padded by whatever follows them; the outputs are in
   * the worker's, [row − from][outputs].
   *
   * @param from a multiple of {@link RowSizes#TILE}
   * @param rows at most {@link #most}
   */
  FloatBuffer run(Worker worker, Bf16Rows x, int from, int rows, dnnl_memory slice) {
    forRows[rows].run(worker, x.from(from), slice);
    return worker.outputs;
  }

  @Override
  public void close() {
    for (SliceProduct product : products) {
      product.close();
    }
  }
}
