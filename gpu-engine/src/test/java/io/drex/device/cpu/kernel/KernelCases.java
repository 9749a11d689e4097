package io.drex.device.cpu.kernel;

import io.drex.device.CacheGeometry;
import io.drex.model.DType;
import io.drex.model.RopeSpec;
import io.drex.model.RopeTable;
import io.drex.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Seeded arguments for kernels at a size, drawn once, and the bits that come out of each kind. */
final class KernelCases {
  /** Below, at and above every vector width and block, and most not a multiple of any. */
  static final List<Integer> SIZES =
      List.of(
          1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 31, 32, 33, 47, 48, 63, 64, 65, 100, 127,
          129, 257, 1025);

  private static final int CELLS = 90;

  private static final int WORKERS = 2;

  private final Random random;
  private final int size;
  private final Map<String, Function<KernelKind, Call>> cases = new LinkedHashMap<>();

  /**
   * A kernel with its arguments.
   *
   * @param run may be called again and again, then on what it has made of its arguments before
   * @param bits of the results
   */
  record Call(Runnable run, Supplier<int[]> bits) {}

  private KernelCases(int size) {
    this.random = new Random(size);
    this.size = size;
  }

  /** All kernels. */
  static KernelCases of(int size) {
    KernelCases cases = new KernelCases(size);
    for (DType dtype : DType.values()) {
      cases.linear(dtype.name(), PackedMatrix.pack(cases.weights(dtype)));
    }
    cases.linear("int8", Int8Matrix.round(cases.weights(DType.BF16)));
    cases.rmsNorm();
    cases.rotate();
    for (DType type : DType.values()) {
      KvLayer kv = cases.kv(type, 2);
      for (int queries : new int[] {1, 3, 4, 8, 9}) {
        cases.attend(type, kv, 2, queries, 1);
      }
      cases.attend(type, kv, 2, 1, 8);
      cases.attend(type, kv, 2, 3, 2);
    }
    cases.swiGlu();
    cases.readLogits();
    if (size % 32 == 0) { // heads of whole vectors
      cases.cases.putAll(ofHeads(size).cases);
    }
    return cases;
  }

  /** Attention of many KV heads with a query each; a worker has five, the other four. */
  static KernelCases ofHeads(int size) {
    KernelCases cases = new KernelCases(size);
    cases.attend(DType.BF16, cases.kv(DType.BF16, 9), 9, 1, 1);
    return cases;
  }

  /** Result bits by kernel; equal whatever the kind, and whenever it is asked. */
  Map<String, int[]> run(KernelKind kind) {
    Map<String, int[]> results = new LinkedHashMap<>();
    calls(kind)
        .forEach(
            (kernel, call) -> {
              call.run.run();
              results.put(kernel, call.bits.get());
            });
    return results;
  }

  /** Calls by kernel, with arguments of their own. */
  Map<String, Call> calls(KernelKind kind) {
    Map<String, Call> calls = new LinkedHashMap<>();
    cases.forEach((kernel, call) -> calls.put(kernel, call.apply(kind)));
    return calls;
  }

  private Tensor weights(DType dtype) {
    return tensor(random, dtype, 1 + size * 7 % 211, size);
  }

  private void linear(String weights, PackedMatrix w) {
    for (int rows : new int[] {1, 2, 3, 4, 5, 9, 13}) {
      linear("linear " + weights + " × " + rows + " rows", w, rows, 0);
    }
    linear("linear " + weights + " × 1 row, first group apart", w, 1, 1);
  }

  /** In two calls, of which the second begins at {@code group}. */
  private void linear(String kernel, PackedMatrix w, int rows, int group) {
    Panel x = panel(rows, size);
    cases.put(
        kernel,
        kind -> {
          Panel y = Panel.allocate(rows, w.paddedOutputs());
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(
              () -> {
                kernels.linear(w, x, y, rows, 0, group);
                kernels.linear(w, x, y, rows, group, w.groups());
              },
              () -> bits(y.data()));
        });
  }

  private void rmsNorm() {
    float[] x = floats(size + 2, 1);
    float[] weights = floats(size, 1);
    cases.put(
        "rmsNorm",
        kind -> {
          float[] y = new float[size + 3];
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(() -> kernels.rmsNorm(x, 2, weights, 1e-5f, y, 3), () -> bits(y));
        });
    cases.put(
        "roundToBf16",
        kind -> {
          short[] bf16 = new short[size];
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(
              () -> kernels.roundToBf16(x, 2, size, bf16),
              () -> IntStream.range(0, size).map(i -> bf16[i]).toArray());
        });
  }

  private void rotate() {
    float[] x = floats(2 * size + 1, 1);
    RopeTable rope = RopeTable.compute(2 * size, 9, RopeSpec.plain(10_000));
    cases.put(
        "rotate",
        kind -> {
          float[] rotated = x.clone();
          Kernels kernels = kernels(kind, 1, 1, 2 * size);
          return new Call(() -> kernels.rotate(rotated, 1, rope, 8), () -> bits(rotated));
        });
  }

  private void attend(DType type, KvLayer kv, int kvHeads, int queriesPerKvHead, int rows) {
    int headDim = headDim(type);
    int context = 1 + size % (CELLS - rows);
    int heads = kvHeads * queriesPerKvHead;
    Panel q = panel(rows + 1, heads * headDim + 5);
    int[][] tables = new int[WORKERS][];
    for (int worker = 0; worker < WORKERS; worker++) {
      tables[worker] = table(context + rows - 1);
    }
    String ofHeads = kvHeads + " KV heads × " + queriesPerKvHead + " queries";
    cases.put(
        "attend " + type + ", " + ofHeads + " × " + rows + " rows",
        kind -> {
          Panel out = Panel.allocate(rows + 1, heads * headDim);
          AttentionTile tile = new AttentionTile();
          tile.setRows(1, rows, context);
          Kernels kernels = kernels(kind, heads, kvHeads, headDim);
          return new Call(
              () -> {
                for (int worker = 0; worker < WORKERS; worker++) {
                  tile.setKvHeads(worker, WORKERS);
                  kernels.attend(kv, tables[worker], tile, q, out);
                }
              },
              () -> bits(out.data()));
        });
  }

  /** Head dimensions of K and V in bf16 are even. */
  private int headDim(DType type) {
    return type == DType.BF16 ? 2 * size : size;
  }

  private KvLayer kv(DType type, int kvHeads) {
    int headDim = headDim(type);
    KvCells[] earlier = {
      cells(type, kvHeads, headDim), KvCells.allocate(type, 0, kvHeads, headDim)
    };
    return new KvLayer(cells(type, kvHeads, headDim), earlier);
  }

  /** Runs of cells that start anywhere, with aliases among them, or else whole groups. */
  private int[] table(int context) {
    int aliases = random.nextInt(3);
    int shift = random.nextInt(2) * random.nextInt(CELLS);
    return IntStream.range(0, context)
        .map(
            p ->
                random.nextInt(4) < aliases
                    ? CacheGeometry.alias(0, CELLS - 1 - p)
                    : (p + shift) % CELLS)
        .toArray();
  }

  private KvCells cells(DType type, int kvHeads, int headDim) {
    KvCells cells = KvCells.allocate(type, CELLS, kvHeads, headDim);
    for (int cell = 0; cell < CELLS; cell++) {
      cells.write(cell, floats(2 * kvHeads * headDim, 1), 0);
    }
    return cells;
  }

  private void swiGlu() {
    float[] gate = floats(size + 4, 30);
    float[] special = {-0f, -200, 200, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN};
    System.arraycopy(special, 0, gate, 1, Math.min(size, special.length));
    float[] up = floats(size + 4, 1);
    cases.put(
        "swiGlu",
        kind -> {
          float[] gated = gate.clone();
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(() -> kernels.swiGlu(gated, up, 1, size + 1), () -> bits(gated));
        });
  }

  private void readLogits() {
    float[] logits = floats(size + 1, 6);
    logits[1 + random.nextInt(size)] = logits[1 + random.nextInt(size)]; // a tie, now and then
    float[] other = floats(size + 2, 1);
    cases.put(
        "readLogits",
        kind -> {
          LogitStats stats = new LogitStats();
          float[] spreads = new float[1];
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(
              () -> {
                kernels.readLogits(logits, 1, size, stats);
                spreads[0] = kernels.sumOfSpreads(logits, 1, size, stats.max());
              },
              () ->
                  bits(
                      new float[] {
                        stats.token(),
                        stats.margin(),
                        stats.maxProb(),
                        stats.logitMargin(),
                        spreads[0],
                        stats.certainty(spreads[0], size),
                        stats.logProb(logits[1])
                      }));
        });
    float max = logits[1];
    for (int i = 2; i <= size; i++) {
      max = Math.max(max, logits[i]);
    }
    float largest = max;
    cases.put(
        "temper",
        kind -> {
          float[] weights = new float[size];
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(
              () -> kernels.temper(logits, 1, largest, .7f, weights), () -> bits(weights));
        });
    cases.put(
        "dot",
        kind -> {
          float[] dot = new float[1];
          Kernels kernels = kernels(kind, 1, 1, 2);
          return new Call(() -> dot[0] = kernels.dot(logits, 1, other, 2, size), () -> bits(dot));
        });
  }

  private static Kernels kernels(KernelKind kind, int heads, int kvHeads, int headDim) {
    return kind.create(new AttentionShape(heads, kvHeads, headDim, CELLS));
  }

  private Panel panel(int rows, int stride) {
    Panel panel = Panel.allocate(rows, stride);
    System.arraycopy(floats(rows * stride, 1), 0, panel.data(), 0, rows * stride);
    return panel;
  }

  private float[] floats(int count, float deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * deviation;
    }
    return values;
  }

  static Tensor tensor(Random random, DType dtype, int rows, int columns) {
    int elements = rows * columns;
    ByteBuffer data = ByteBuffer.allocate(elements * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      float value = (float) random.nextGaussian();
      switch (dtype) {
        case F32 -> data.putFloat(i * Float.BYTES, value);
        case BF16 ->
            data.putShort(i * Short.BYTES, (short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return new Tensor("w", dtype, List.of((long) rows, (long) columns), data);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
