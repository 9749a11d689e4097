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
import java.util.stream.IntStream;

/** Seeded arguments for every kernel at a size, and the bits that come out. */
final class KernelCases {
  /** Below, at and above every vector width and block, and most not a multiple of any. */
  static final List<Integer> SIZES =
      List.of(
          1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 31, 32, 33, 47, 48, 63, 64, 65, 100, 127,
          129, 257, 1025);

  private static final int CELLS = 90;

  private final Random random;
  private final int size;
  private final KernelKind kind;
  private final Map<String, int[]> results = new LinkedHashMap<>();

  private KernelCases(KernelKind kind, int size) {
    this.random = new Random(size);
    this.size = size;
    this.kind = kind;
  }

  /** Result bits by kernel; equal for equal sizes, whatever the kind. */
  static Map<String, int[]> run(KernelKind kind, int size) {
    KernelCases cases = new KernelCases(kind, size);
    for (int rows : new int[] {1, 2, 3, 4, 5, 9}) {
      for (DType dtype : DType.values()) {
        cases.linear(dtype.name(), PackedMatrix.pack(cases.weights(dtype)), rows);
      }
      cases.linear("int8", Int8Matrix.round(cases.weights(DType.BF16)), rows);
    }
    cases.rmsNorm();
    cases.rotate();
    for (DType type : DType.values()) {
      for (int queries : new int[] {1, 3, 4, 8, 9}) {
        cases.attend(type, 2, queries, 1);
      }
      cases.attend(type, 2, 1, 8);
      cases.attend(type, 2, 3, 2);
    }
    cases.swiGlu();
    cases.readLogits();
    if (size % 32 == 0) { // heads of whole vectors
      cases.results.putAll(attendHeads(kind, size));
    }
    return cases.results;
  }

  /** As {@link #run}, of many KV heads with a query each; a worker has five, the other four. */
  static Map<String, int[]> attendHeads(KernelKind kind, int size) {
    KernelCases cases = new KernelCases(kind, size);
    cases.attend(DType.BF16, 9, 1, 1);
    return cases.results;
  }

  private Tensor weights(DType dtype) {
    return tensor(random, dtype, 1 + size * 7 % 211, size);
  }

  private void linear(String weights, PackedMatrix w, int rows) {
    Panel x = panel(rows, size);
    Panel y = Panel.allocate(rows, w.paddedOutputs());
    kernels(1, 1, 2).linear(w, x, y, rows, 0, w.groups());
    results.put("linear " + weights + " × " + rows + " rows", bits(y.data()));
  }

  private void rmsNorm() {
    float[] y = new float[size + 3];
    kernels(1, 1, 2).rmsNorm(floats(size + 2, 1), 2, floats(size, 1), 1e-5f, y, 3);
    results.put("rmsNorm", bits(y));
    short[] bf16 = new short[size];
    kernels(1, 1, 2).roundToBf16(y, 3, size, bf16);
    results.put("roundToBf16", IntStream.range(0, size).map(i -> bf16[i]).toArray());
  }

  private void rotate() {
    float[] x = floats(2 * size + 1, 1);
    RopeTable rope = RopeTable.compute(2 * size, 9, RopeSpec.plain(10_000));
    kernels(1, 1, 2 * size).rotate(x, 1, rope, 8);
    results.put("rotate", bits(x));
  }

  /** Head dimensions of K and V in bf16 are even. */
  private void attend(DType type, int kvHeads, int queriesPerKvHead, int rows) {
    int workers = 2;
    int headDim = type == DType.BF16 ? 2 * size : size;
    KvCells[] earlier = {
      cells(type, kvHeads, headDim), KvCells.allocate(type, 0, kvHeads, headDim)
    };
    KvLayer kv = new KvLayer(cells(type, kvHeads, headDim), earlier);
    int context = 1 + size % (CELLS - rows);
    int heads = kvHeads * queriesPerKvHead;
    Panel q = panel(rows + 1, heads * headDim + 5);
    Panel out = Panel.allocate(rows + 1, heads * headDim);
    AttentionTile tile = new AttentionTile();
    tile.setRows(1, rows, context);
    for (int worker = 0; worker < workers; worker++) {
      tile.setKvHeads(worker, workers);
      int[] table = table(context + rows - 1);
      kernels(heads, kvHeads, headDim).attend(kv, table, tile, q, out);
    }
    String ofHeads = kvHeads + " KV heads × " + queriesPerKvHead + " queries";
    results.put("attend " + type + ", " + ofHeads + " × " + rows + " rows", bits(out.data()));
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
    kernels(1, 1, 2).swiGlu(gate, floats(size + 4, 1), 1, size + 1);
    results.put("swiGlu", bits(gate));
  }

  private void readLogits() {
    float[] logits = floats(size + 1, 6);
    logits[1 + random.nextInt(size)] = logits[1 + random.nextInt(size)]; // a tie, now and then
    LogitStats stats = new LogitStats();
    kernels(1, 1, 2).readLogits(logits, 1, size, stats);
    float spreads = kernels(1, 1, 2).sumOfSpreads(logits, 1, size, stats.max());
    float[] out = {
      stats.token(),
      stats.margin(),
      stats.maxProb(),
      stats.logitMargin(),
      spreads,
      stats.certainty(spreads, size),
      stats.logProb(logits[1])
    };
    results.put("readLogits", bits(out));
    float[] weights = new float[size];
    kernels(1, 1, 2).temper(logits, 1, stats.max(), .7f, weights);
    results.put("temper", bits(weights));
    float[] dot = {kernels(1, 1, 2).dot(logits, 1, floats(size + 2, 1), 2, size)};
    results.put("dot", bits(dot));
  }

  private Kernels kernels(int heads, int kvHeads, int headDim) {
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
