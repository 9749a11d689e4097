package io.drex.cost;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.policy.CostFit;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures what calls of a device take, before it serves: each segment at growing numbers of decode
 * rows with short and long contexts, and with prompt chunks. It writes into KV cells, which is why
 * no sequence may hold any yet; whoever gets a cell later writes it before reading it, so results
 * stay the same. Used by the device's thread.
 */
public final class CostMeter {
  /** More tell no more: a device that is done with them earlier is done. */
  private static final int MOST_SWEEPS = 32;

  private static final int NANOS_PER_MICRO = 1_000;

  private final DeviceModel device;
  private final CacheGeometry cache;
  private final LongSupplier nanoClock;
  private final int contextCells; // of each table row
  private final RowBatch rows;
  private final HeadReadings readings;
  private final List<CallSize> calls;

  /**
   * @param nanoClock that the device's time is read from
   */
  public CostMeter(DeviceModel device, DeviceOptions options, LongSupplier nanoClock) {
    this.device = device;
    this.nanoClock = nanoClock;
    cache = options.cache();
    contextCells = CallSize.longestContext(options);
    rows = new RowBatch(options.maxRows(), tables(options.slots()));
    readings = new HeadReadings(options.maxRows());
    calls = CallSize.all(options, contextCells);
  }

  /**
   * Warms up for half of the budget, then measures; one call more than the budget at most.
   *
   * @param budgetNanos more than 0
   * @return whether the budget was enough for every point; if not, what larger calls take is a
   *     guess
   */
  public boolean measure(CostFit fit, long budgetNanos) {
    long start = nanoClock.getAsLong();
    sweepUntil(start + budgetNanos / 2, fit);
    fit.forget();
    int measured = sweepUntil(start + budgetNanos, fit);
    fit.keep();
    return measured >= calls.size();
  }

  /** Returns how many points there was time for. */
  private int sweepUntil(long deadline, CostFit fit) {
    int measured = 0;
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      for (CallSize call : calls) {
        tryToMeasure(call, fit);
        measured++;
        if (nanoClock.getAsLong() - deadline >= 0) {
          return measured;
        }
      }
    }
    return measured;
  }

  private void tryToMeasure(CallSize call, CostFit fit) {
    try {
      measure(call, fit);
    } catch (DeviceLostException e) {
      throw e;
    } catch (DeviceException e) {
      // A point less: serving has its own answer to calls that fail or are too large.
    }
  }

  private void measure(CallSize call, CostFit fit) {
    plan(call);
    for (int segment = 0; segment < cache.segments(); segment++) {
      long start = nanoClock.getAsLong();
      device.runSegment(segment, rows, readings);
      double micros = (nanoClock.getAsLong() - start) / (double) NANOS_PER_MICRO;
      fit.observe(
          segment,
          call.decodeRows(),
          call.contextTokens(),
          call.promptRows(),
          call.heads(),
          micros);
    }
  }

  private void plan(CallSize call) {
    rows.clear();
    int firstScratchSlot = rows.kvTable.length;
    for (int p = 0; p < call.promptRows(); p++) {
      addRow(firstScratchSlot + p, 0, p, true);
    }
    for (int slot = 0; slot < call.decodeRows(); slot++) {
      rows.tableVersion[slot]++; // no call ran the positions before
      int row = addRow(slot, slot, call.context() - 1, false);
      if (rows.heads < call.heads()) {
        rows.headRow[rows.heads++] = row;
      }
    }
  }

  private int addRow(int slot, int table, int position, boolean prompt) {
    int row = rows.rows++;
    rows.token[row] = 0;
    rows.position[row] = position;
    rows.slot[row] = slot;
    rows.table[row] = table;
    rows.prompt[row] = prompt;
    return row;
  }

  private int[][][] tables(int slots) {
    int[][][] tables = new int[slots][cache.segments()][contextCells];
    for (int slot = 0; slot < slots; slot++) {
      for (int[] table : tables[slot]) {
        for (int position = 0; position < contextCells; position++) {
          // A pool too small for every row's own cells is shared: times stay true, and what is
          // computed is never looked at.
          table[position] = (slot * contextCells + position) % cache.leastCells();
        }
      }
    }
    return tables;
  }
}
