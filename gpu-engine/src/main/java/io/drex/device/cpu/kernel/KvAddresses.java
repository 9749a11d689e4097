package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.KvCells.GROUP;

import java.util.Arrays;

/**
 * Where the cells of a context lie: of each position its V, and the groups of cells whose K the
 * context takes, each once as long as positions leave a source's groups in order. One look at a
 * table serves all KV heads and queries. Used by one thread at a time.
 */
final class KvAddresses {
  final int[] source; // [position]
  final int[] value; // [position] where V of KV head 0 starts

  int groups;
  final int[] groupSource; // [group]
  final int[] groupAt; // [group] where K of KV head 0 starts
  final int[] first; // [group] its first position
  private final int[] last; // [group]
  private final int[] next; // [position] of the same group, or -1
  private final boolean[] straight; // [group] neighbours, in the order of the cells, from cell 0 on

  private final int[] latest = new int[KvLayer.MAX_SOURCES]; // [source] its last group, or -1
  private int context;

  KvAddresses(int maxContext) {
    source = new int[maxContext];
    value = new int[maxContext];
    groupSource = new int[maxContext];
    groupAt = new int[maxContext];
    first = new int[maxContext];
    last = new int[maxContext];
    next = new int[maxContext];
    straight = new boolean[maxContext];
  }

  /** Looks at the positions [0, context) of a table. */
  void find(KvCells shape, int[] table, int ofContext) {
    context = ofContext;
    groups = 0;
    Arrays.fill(latest, -1);
    int p = 0;
    while (p < context) {
      if (isWholeGroup(table, p)) {
        addWholeGroup(shape, table[p], p);
        p += GROUP;
      } else {
        add(shape, table[p], p);
        p++;
      }
    }
  }

  private boolean isWholeGroup(int[] table, int p) {
    int entry = table[p];
    if (entry < 0 || entry % GROUP != 0 || p + GROUP > context) {
      return false;
    }
    int differences = 0;
    for (int i = 1; i < GROUP; i++) {
      differences |= table[p + i] - entry - i;
    }
    return differences == 0;
  }

  private void addWholeGroup(KvCells shape, int entry, int p) {
    int at = shape.headAt(entry, 0);
    for (int i = 0; i < GROUP; i++) {
      source[p + i] = 0;
      value[p + i] = at + i * shape.perHead;
      next[p + i] = p + i + 1;
    }
    next[p + GROUP - 1] = -1;
    open(0, at, p);
    last[groups - 1] = p + GROUP - 1;
    straight[groups - 1] = true;
  }

  private void add(KvCells shape, int entry, int p) {
    int from = KvLayer.source(entry);
    int cell = KvLayer.cell(entry);
    int lane = cell % GROUP;
    int at = shape.headAt(cell, 0);
    source[p] = from;
    value[p] = at + lane * shape.perHead;
    next[p] = -1;
    int group = latest[from];
    if (group < 0 || groupAt[group] != at) {
      open(from, at, p);
      straight[groups - 1] = lane == 0;
    } else {
      straight[group] &= last[group] == p - 1 && p - first[group] == lane;
      next[last[group]] = p;
      last[group] = p;
    }
  }

  private void open(int from, int at, int p) {
    latest[from] = groups;
    groupSource[groups] = from;
    groupAt[groups] = at;
    first[groups] = p;
    last[groups] = p;
    groups++;
  }

  /**
   * Whether a group's scores may be written to the scores of its positions as they come: each where
   * it belongs, and those of cells that are not the context's, if any, behind it.
   */
  boolean isInPlace(int group) {
    int end = last[group] + 1;
    return straight[group] && (end - first[group] == GROUP || end == context);
  }

  /** Copies scores of a group's cells, from[at, at + GROUP), to those of its positions. */
  void spread(int group, int[] table, float[] scores, int at, int to) {
    for (int p = first[group]; p >= 0; p = next[p]) {
      scores[to + p] = scores[at + KvLayer.cell(table[p]) % GROUP];
    }
  }
}
