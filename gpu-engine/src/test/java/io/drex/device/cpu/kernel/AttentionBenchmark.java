package io.drex.device.cpu.kernel;

import com.sun.management.ThreadMXBean;
import io.drex.device.CacheGeometry;
import io.drex.model.DType;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Prints what attention costs per sequence and layer: one thread, K and V in bf16 and too many for
 * any cache, blocks of 16 cells in any order. Not a test: run it alone on a quiet machine.
 *
 * <p>Arguments: {@code decode} (default), {@code scattered} (half of the positions read aliases, as
 * after early exits), or {@code prefill} (the last 64 positions of the context as rows of one call,
 * cost per row).
 */
public final class AttentionBenchmark {
  private static final int ROUNDS = 9;
  private static final long ROUND_NANOS = 60_000_000;
  private static final long WARM_UP_NANOS = 2_000_000_000;
  private static final long KV_BYTES = 256_000_000;
  private static final int CHUNK = 64;
  private static final int[][] GEOMETRIES = {{32, 4, 64}, {32, 8, 128}, {32, 32, 128}};
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final AttentionShape shape;
  private final int context;
  private final int rows;
  private final Kernels kernels;
  private final KvLayer kv;
  private final int[][] tables; // [sequence][position]
  private final Panel q;
  private final Panel out;
  private final AttentionTile tile = new AttentionTile();
  private int next;

  private AttentionBenchmark(AttentionShape shape, String mode) {
    this.shape = shape;
    this.context = shape.maxContext();
    rows = mode.equals("prefill") ? CHUNK : 1;
    kernels = KernelKind.VECTOR.create(shape);
    int width = shape.kvHeads() * shape.headDim();
    int sequences = (int) Math.max(4, KV_BYTES / (4L * width * context));
    KvCells cells = randomCells(sequences * context, shape);
    KvCells[] earlier = {
      mode.equals("scattered") ? randomCells(sequences * context, shape) : cells
    };
    kv = new KvLayer(cells, earlier);
    tables = tables(sequences, mode.equals("scattered"));
    q = Panel.allocate(rows, shape.heads() * shape.headDim());
    out = Panel.allocate(rows, shape.heads() * shape.headDim());
    Random random = new Random(1);
    for (int i = 0; i < q.data().length; i++) {
      q.data()[i] = (float) random.nextGaussian() * .1f;
    }
  }

  public static void main(String[] args) {
    String mode = args.length == 0 ? "decode" : args[0];
    for (int context : new int[] {1024, 128}) {
      for (int[] g : GEOMETRIES) {
        new AttentionBenchmark(new AttentionShape(g[0], g[1], g[2], context), mode).print(mode);
      }
    }
  }

  private static KvCells randomCells(int count, AttentionShape shape) {
    Random random = new Random(1);
    KvCells cells = KvCells.allocate(DType.BF16, count, shape.kvHeads(), shape.headDim());
    float[] kv = new float[2 * shape.kvHeads() * shape.headDim()];
    for (int cell = 0; cell < count; cell++) {
      for (int i = 0; i < kv.length; i++) {
        kv[i] = random.nextFloat() - .5f;
      }
      cells.write(cell, kv, 0);
    }
    return cells;
  }

  /** Own cells lie in blocks in any order; where every other position is an alias, two by two. */
  private int[][] tables(int sequences, boolean scattered) {
    List<Integer> blocks = new ArrayList<>();
    for (int i = 0; i < sequences * context / KvCells.GROUP; i++) {
      blocks.add(i);
    }
    Collections.shuffle(blocks, new Random(1));
    int[][] result = new int[sequences][context];
    int own = 0;
    for (int sequence = 0; sequence < sequences; sequence++) {
      for (int p = 0; p < context; p++) {
        boolean alias = scattered && p / 2 % 2 == 1;
        int cell = alias ? sequence * context + p : own++;
        cell = blocks.get(cell / KvCells.GROUP) * KvCells.GROUP + cell % KvCells.GROUP;
        result[sequence][p] = alias ? CacheGeometry.alias(0, cell) : cell;
      }
    }
    return result;
  }

  private void print(String mode) {
    for (long start = cpuNanos(); cpuNanos() - start < WARM_UP_NANOS; ) {
      attend();
    }
    double[] micros = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = cpuNanos();
      int calls = 0;
      do {
        attend();
        calls++;
      } while (cpuNanos() - start < ROUND_NANOS);
      micros[round] = (cpuNanos() - start) / 1e3 / calls / rows;
    }
    Arrays.sort(micros);
    System.out.printf(
        "%s, %d heads, %d KV heads, head dimension %d, context %d: microseconds per row and layer:"
            + " median %.0f, least %.0f, most %.0f%n",
        mode,
        shape.heads(),
        shape.kvHeads(),
        shape.headDim(),
        context,
        micros[ROUNDS / 2],
        micros[0],
        micros[ROUNDS - 1]);
  }

  private void attend() {
    int[] table = tables[next++ % tables.length];
    tile.setKvHeads(0, 1);
    int count = Math.min(rows, shape.rowsPerTile());
    for (int row = 0; row < rows; row += count) {
      tile.setRows(row, count, context - rows + 1 + row);
      kernels.attend(kv, table, tile, q, out);
    }
  }

  private static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
