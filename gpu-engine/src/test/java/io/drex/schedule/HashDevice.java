package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceModel;
import io.drex.device.HeadReadings;
import io.drex.device.HeadSampling;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import java.util.Arrays;

/**
 * A complete fake language model whose hidden states and K/V are 64-bit hashes: a wrong cell, slot,
 * position, phase or missing K/V changes every later token. It reads exactly what its copy of the
 * tables says, and each cell remembers what it was written for: a token, and all those before it.
 */
final class HashDevice implements DeviceModel {

  /** What happens when a table names a cell that holds another token's K and V. */
  enum OnWrongCell {
    THROW,
    READ_IT
  }

  private static final long START = 1;

  private final int vocabulary;
  private final boolean emitsNotFinite;
  private final KvFill kvFill;
  private final OnWrongCell onWrongCell;
  private final CopiedTables tables;
  private final long[][] kv; // [segment][cell]
  private final long[][] text; // [segment][cell], a hash of its token and all before it
  private final long[][] textBefore; // [segment][cell], the same without its token
  private final long[] hidden; // [slot]
  private final long[] hiddenStep; // [slot], the call that last wrote it
  private final long[] hiddenText; // [slot]
  private final long[] hiddenTextBefore; // [slot]
  private boolean forgetsPending;
  private long calls;

  HashDevice(Limits limits, Workload workload, OnWrongCell onWrongCell) {
    vocabulary = workload.vocabulary();
    emitsNotFinite = workload.emitsNotFinite();
    kvFill = limits.kvFill();
    this.onWrongCell = onWrongCell;
    tables = new CopiedTables(limits);
    kv = cells(limits);
    text = cells(limits);
    textBefore = cells(limits);
    hidden = new long[limits.maxRows()];
    hiddenStep = new long[limits.maxRows()];
    hiddenText = new long[limits.maxRows()];
    hiddenTextBefore = new long[limits.maxRows()];
  }

  /** [segment][cell] */
  private static long[][] cells(Limits limits) {
    long[][] cells = new long[limits.cache().segments()][];
    Arrays.setAll(cells, segment -> new long[limits.cache().cells(segment)]);
    return cells;
  }

  /** From now on pending rows are not run: rows at generated positions without a head. */
  void forgetPending() {
    forgetsPending = true;
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    calls++;
    tables.beforeSegment(segment, rows);
    for (int row = 0; row < rows.rows; row++) {
      if (runs(rows, row)) {
        write(segment, rows, row);
      }
    }
    for (int row = 0; row < rows.rows; row++) {
      if (runs(rows, row)) {
        attend(segment, rows, row);
      }
    }
    for (int head = 0; head < rows.heads; head++) {
      long state = mix(hidden[rows.slot[rows.headRow[head]]] + 99);
      out.confidence[head] = (state >>> 40) / (float) (1 << 24);
      boolean finite = !emitsNotFinite || Long.remainderUnsigned(state, 61) != 0;
      long choice = mix(state ^ sampled(rows, head));
      out.token[head] =
          finite ? (int) Long.remainderUnsigned(choice, vocabulary) : HeadReadings.NOT_FINITE;
      out.logProb[head] = -(choice >>> 40) / (float) (1 << 24);
    }
  }

  private boolean runs(RowBatch rows, int row) {
    return !forgetsPending
        || rows.prompt[row]
        || Arrays.binarySearch(rows.headRow, 0, rows.heads, row) >= 0;
  }

  /** A hash of all that a head's choice may depend on beside its logits; 0 if it is greedy. */
  private static long sampled(RowBatch rows, int head) {
    HeadSampling how = rows.sampling;
    if (how.isGreedy(head)) {
      return 0;
    }
    int position = rows.position[rows.headRow[head]];
    long hash = HeadSampling.randomBits(how.seed[head], position);
    hash = mix(hash ^ Float.floatToIntBits(how.temperature[head]));
    hash = mix(hash ^ how.topK[head]);
    hash = mix(hash ^ Float.floatToIntBits(how.topP[head]));
    hash = mix(hash ^ Float.floatToIntBits(how.minP[head]));
    for (int p = 0; how.repetitionPenalty[head] != 1 && p <= position; p++) {
      hash = mix(hash ^ how.history[head][p]);
    }
    return hash;
  }

  private void write(int segment, RowBatch rows, int row) {
    int slot = rows.slot[row];
    int table = rows.table[row];
    int position = rows.position[row];
    if (hiddenStep[slot] == calls) {
      throw new AssertionError("two rows of one call share the slot " + slot);
    }
    hiddenStep[slot] = calls;
    if (segment == 0) {
      hidden[slot] = mix(rows.token[row] * 31L + position + (rows.prompt[row] ? 7 : 11));
      hiddenTextBefore[slot] =
          position == 0 ? START : text[0][tables.entry(table, 0, position - 1)];
      hiddenText[slot] = mix(hiddenTextBefore[slot] + hidden[slot]);
    }
    int entry = tables.entry(table, segment, position);
    if (CacheGeometry.isAlias(entry)) {
      throw new AssertionError("a row that runs segment " + segment + " has no cell of its own");
    }
    kv[segment][entry] = project(segment, slot);
    remember(segment, entry, slot);
  }

  private void attend(int segment, RowBatch rows, int row) {
    long sum = 0;
    long read = START;
    for (int position = 0; position <= rows.position[row]; position++) {
      int entry = tables.entry(rows.table[row], segment, position);
      boolean alias = CacheGeometry.isAlias(entry);
      int source = alias ? CacheGeometry.aliasSegment(entry) : segment;
      int cell = alias ? CacheGeometry.aliasCell(entry) : entry;
      requireText(textBefore[source][cell] == read, segment, position);
      read = text[source][cell];
      sum = mix(sum + kv[source][cell]);
    }
    int slot = rows.slot[row];
    requireText(read == hiddenText[slot], segment, rows.position[row]);
    hidden[slot] = mix(hidden[slot] ^ sum);
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {
    tables.beforeFill(exitSegment, rows);
    switch (kvFill) {
      case MAP, RECOMPUTE -> {
        // The aliases stand in the tables; pending rows come again.
      }
      case COPY, PROPAGATE -> {
        for (int row = 0; row < rows.rows; row++) {
          for (int s = exitSegment + 1; s < kv.length; s++) {
            fill(exitSegment, s, rows, row);
          }
        }
      }
    }
  }

  private void fill(int exitSegment, int segment, RowBatch rows, int row) {
    int table = rows.table[row];
    int position = rows.position[row];
    int from = tables.entry(table, exitSegment, position);
    int to = tables.entry(table, segment, position);
    kv[segment][to] =
        kvFill == KvFill.COPY ? kv[exitSegment][from] : project(segment, rows.slot[row]);
    text[segment][to] = text[exitSegment][from];
    textBefore[segment][to] = textBefore[exitSegment][from];
  }

  private void remember(int segment, int cell, int slot) {
    text[segment][cell] = hiddenText[slot];
    textBefore[segment][cell] = hiddenTextBefore[slot];
  }

  private void requireText(boolean isTheRows, int segment, int position) {
    if (onWrongCell == OnWrongCell.THROW && !isTheRows) {
      throw new AssertionError(
          "segment " + segment + ", position " + position + ": the cell holds another token");
    }
  }

  /** What a segment's own weights make of a hidden state. */
  private long project(int segment, int slot) {
    return mix(hidden[slot] + segment);
  }

  private static long mix(long seed) {
    long z = seed + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public long memoryBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
