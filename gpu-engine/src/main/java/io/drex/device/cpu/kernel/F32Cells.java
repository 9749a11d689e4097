package io.drex.device.cpu.kernel;

/** K and V as floats. */
final class F32Cells extends KvCells {
  final float[] keys; // [group][kvHead][element][cell within the group]
  final float[] values; // [group][kvHead][cell within the group][element]

  F32Cells(int cells, int kvHeads, int headDim) {
    super(kvHeads, headDim, headDim);
    keys = new float[groupsFor(cells) * perGroup()];
    values = new float[keys.length];
  }

  @Override
  public void write(int cell, float[] kv, int from) {
    int width = kvHeads * headDim;
    for (int head = 0; head < kvHeads; head++) {
      int key = keyAt(cell, head);
      for (int d = 0; d < headDim; d++) {
        keys[key + d * GROUP] = kv[from + head * headDim + d];
      }
      System.arraycopy(kv, from + width + head * headDim, values, valueAt(cell, head), headDim);
    }
  }

  @Override
  public void copy(int cell, KvCells source, int from) {
    F32Cells other = (F32Cells) source;
    for (int head = 0; head < kvHeads; head++) {
      int key = keyAt(cell, head);
      int otherKey = keyAt(from, head);
      for (int d = 0; d < headDim; d++) {
        keys[key + d * GROUP] = other.keys[otherKey + d * GROUP];
      }
      System.arraycopy(other.values, valueAt(from, head), values, valueAt(cell, head), headDim);
    }
  }

  @Override
  public void readKey(int cell, int kvHead, float[] to) {
    int key = keyAt(cell, kvHead);
    for (int d = 0; d < headDim; d++) {
      to[d] = keys[key + d * GROUP];
    }
  }

  @Override
  public void readValue(int cell, int kvHead, float[] to) {
    System.arraycopy(values, valueAt(cell, kvHead), to, 0, headDim);
  }

  private int keyAt(int cell, int head) {
    return headAt(cell, head) + cell % GROUP;
  }

  private int valueAt(int cell, int head) {
    return headAt(cell, head) + cell % GROUP * headDim;
  }

  @Override
  public long bytes() {
    return ((long) keys.length + values.length) * Float.BYTES;
  }
}
