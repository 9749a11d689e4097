package io.drex.cost;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.policy.CostFit;
import java.util.ArrayList;
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

  /** Longest context measured; attention's cost is taken to be linear in it. */
  private static final int LONGEST_CONTEXT = 512;

  private static final int SHORTEST_CONTEXT = 8;
  private static final int NANOS_PER_MICRO = 1_000;

  private final DeviceModel device;
  private final CacheGeometry cache;
  private final LongSupplier nanoClock;
  private final int contextCells; // of each table row
  private final RowBatch rows;
  private final HeadReadings readings;
  private final List<Call> calls;

  /** One point to measure, at every segment. */
  private record Call(int decodeRows, int context, int promptRows, int heads) {}

  /**
   * @param maxSequenceTokens longest sequence that the device's tables hold
   * @param nanoClock that the device's time is read from
   */
  public CostMeter(
      DeviceModel device, DeviceOptions options, int maxSequenceTokens, LongSupplier nanoClock) {
    this.device = device;
    this.nanoClock = nanoClock;
    cache = options.cache();
    contextCells =
        Math.max(
            1,
            Math.min(
                Math.min(LONGEST_CONTEXT, maxSequenceTokens - 1),
                cache.leastCells() / options.slots()));
    rows = new RowBatch(options.maxRows(), tables(options.slots()));
    readings = new HeadReadings(options.maxRows());
    calls = calls(options.slots(), Math.min(options.maxPrefillTokens(), contextCells));
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
      for (Call call : calls) {
        tryToMeasure(call, fit);
        measured++;
        if (nanoClock.getAsLong() - deadline >= 0) {
          return measured;
        }
      }
    }
    return measured;
  }

  private void tryToMeasure(Call call, CostFit fit) {
    try {
      measure(call, fit);
    } catch (DeviceLostException e) {
      throw e;
    } catch (DeviceException e) {
      // A point less: serving has its own answer to calls that fail or are too large.
    }
  }

  private void measure(Call call, CostFit fit) {
    plan(call);
    for (int segment = 0; segment < cache.segments(); segment++) {
      long start = nanoClock.getAsLong();
      device.runSegment(segment, rows, readings);
      double micros = (nanoClock.getAsLong() - start) / (double) NANOS_PER_MICRO;
      double context = (double) call.decodeRows * call.context;
      fit.observe(segment, call.decodeRows, context, call.promptRows, call.heads, micros);
    }
  }

  private void plan(Call call) {
    rows.clear();
    int firstScratchSlot = rows.kvTable.length;
    for (int p = 0; p < call.promptRows; p++) {
      addRow(firstScratchSlot + p, 0, p, true);
    }
    for (int slot = 0; slot < call.decodeRows; slot++) {
      int row = addRow(slot, slot, call.context - 1, false);
      if (rows.heads < call.heads) {
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

  /** From small to large, so that a slow device has measured what it can within its time. */
  private List<Call> calls(int slots, int promptRows) {
    List<Call> calls = new ArrayList<>();
    int shortContext = Math.min(SHORTEST_CONTEXT, contextCells);
    for (int n = 1; n < 2 * slots; n *= 2) {
      int decodeRows = Math.min(n, slots);
      calls.add(new Call(decodeRows, shortContext, 0, decodeRows));
      calls.add(new Call(decodeRows, contextCells, 0, decodeRows));
      calls.add(new Call(decodeRows, shortContext, 0, 0));
    }
    for (int prompt = promptRows; prompt > 0; prompt /= 4) {
      calls.add(new Call(0, 0, prompt, 0));
    }
    return calls;
  }
}
