package io.drex.device.cpu.kernel;

import io.drex.model.DType;

/**
 * K (after RoPE) and V of one layer, cell by cell, laid out for attention. {@link #GROUP} cells lie
 * together, and within them the elements of one KV head: of K the cells side by side, element after
 * element, so that a vector holds one element of several tokens; of V the elements side by side,
 * cell after cell. A group's first head starts at the same place in both arrays.
 */
public abstract sealed class KvCells permits Bf16Cells, F32Cells {
  /** Cells that lie together; a multiple of every vector width. */
  static final int GROUP = Lanes.COUNT;

  final int kvHeads;
  final int headDim;

  /** Array elements that one head of one cell takes, of K or of V. */
  final int perHead;

  KvCells(int kvHeads, int headDim, int perHead) {
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.perHead = perHead;
  }

  /**
   * Cells without content.
   *
   * @param type what elements are rounded to
   * @throws IllegalArgumentException if K does not fit in one array
   */
  public static KvCells allocate(DType type, int cells, int kvHeads, int headDim) {
    int width = kvHeads * headDim;
    int most = most(type, width);
    if (cells > most) {
      throw new IllegalArgumentException(
          "a KV pool of "
              + cells
              + " tokens is too large: with "
              + width
              + " elements per token and layer the CPU backend holds at most "
              + most
              + " tokens; lower the slots or the longest sequence");
    }
    return switch (type) {
      case BF16 -> new Bf16Cells(cells, kvHeads, headDim);
      case F32 -> new F32Cells(cells, kvHeads, headDim);
    };
  }

  /** Most cells of one layer. */
  private static int most(DType type, int width) {
    long inOneArray = (long) PackedMatrix.MAX_ELEMENTS * (Float.BYTES / type.bytes()) / width;
    return (int) Math.min(inOneArray / GROUP * GROUP, Integer.MAX_VALUE / GROUP * GROUP);
  }

  /** Whole groups that hold this many cells. */
  static int groupsFor(int cells) {
    return (cells + GROUP - 1) / GROUP;
  }

  /** Array elements that a group takes, of K or of V. */
  final int perGroup() {
    return kvHeads * GROUP * perHead;
  }

  /** Where a head's elements of a group start, in either array. */
  final int headAt(int cell, int kvHead) {
    return cell / GROUP * perGroup() + kvHead * GROUP * perHead;
  }

  /** Writes one token's K and V, which lie side by side at {@code from}, into a cell. */
  public abstract void write(int cell, float[] kv, int from);

  /** Copies a cell of another layer of the same shape and type. */
  public abstract void copy(int cell, KvCells source, int from);

  /** Reads K of one head of a cell into to[0, headDim). */
  public abstract void readKey(int cell, int kvHead, float[] to);

  /** Reads V of one head of a cell into to[0, headDim). */
  public abstract void readValue(int cell, int kvHead, float[] to);

  /** Bytes held. */
  public abstract long bytes();
}
