package io.drex.device.cpu.kernel;

/**
 * K and V rounded to bf16, two elements in an int. Of K these are neighbours, the even element in
 * the low half; of V, element i and i + headDim / 2, the former in the low half: either way vectors
 * of ints widen to vectors of floats without moving anything between lanes.
 */
final class Bf16Cells extends KvCells {
  /** Of bits that are not a number, one that keeps them so. */
  static final int QUIET = 0x40;

  final int[] keys; // [group][kvHead][element / 2][cell within the group]
  final int[] values; // [group][kvHead][cell within the group][element % (headDim / 2)]

  /**
   * @param headDim even, as RoPE needs it
   */
  Bf16Cells(int cells, int kvHeads, int headDim) {
    super(kvHeads, headDim, headDim / 2);
    keys = new int[groupsFor(cells) * perGroup()];
    values = new int[keys.length];
  }

  /** The bits of the nearest bf16 value, of two the even one; not-a-number stays so. */
  static int round(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (bits >>> 16) | QUIET; // its upper half alone could be an infinity
    }
    return (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
  }

  private static int pair(float low, float high) {
    return round(high) << 16 | round(low);
  }

  @Override
  public void write(int cell, float[] kv, int from) {
    int width = kvHeads * headDim;
    for (int head = 0; head < kvHeads; head++) {
      int k = from + head * headDim;
      int v = k + width;
      int key = keyAt(cell, head);
      int value = valueAt(cell, head);
      for (int i = 0; i < perHead; i++) {
        keys[key + i * GROUP] = pair(kv[k + 2 * i], kv[k + 2 * i + 1]);
        values[value + i] = pair(kv[v + i], kv[v + i + perHead]);
      }
    }
  }

  @Override
  public void copy(int cell, KvCells source, int from) {
    Bf16Cells other = (Bf16Cells) source;
    for (int head = 0; head < kvHeads; head++) {
      int key = keyAt(cell, head);
      int otherKey = keyAt(from, head);
      for (int i = 0; i < perHead; i++) {
        keys[key + i * GROUP] = other.keys[otherKey + i * GROUP];
      }
      System.arraycopy(other.values, valueAt(from, head), values, valueAt(cell, head), perHead);
    }
  }

  @Override
  public void readKey(int cell, int kvHead, float[] to) {
    int key = keyAt(cell, kvHead);
    for (int i = 0; i < perHead; i++) {
      int pair = keys[key + i * GROUP];
      to[2 * i] = Bf16Matrix.low(pair);
      to[2 * i + 1] = Bf16Matrix.high(pair);
    }
  }

  @Override
  public void readValue(int cell, int kvHead, float[] to) {
    int value = valueAt(cell, kvHead);
    for (int i = 0; i < perHead; i++) {
      int pair = values[value + i];
      to[i] = Bf16Matrix.low(pair);
      to[i + perHead] = Bf16Matrix.high(pair);
    }
  }

  private int keyAt(int cell, int head) {
    return headAt(cell, head) + cell % GROUP;
  }

  private int valueAt(int cell, int head) {
    return headAt(cell, head) + cell % GROUP * perHead;
  }

  @Override
  public long bytes() {
    return ((long) keys.length + values.length) * Integer.BYTES;
  }
}
