package io.drex.policy;

import java.util.Arrays;
import java.util.List;

/**
 * Flush thresholds by ramp and number of live sequences: what a planner found, to be looked up at
 * every step. Immutable.
 */
public final class FlushTable {
  private final int[][] rows; // [live][ramp]

  private FlushTable(int[][] rows) {
    this.rows = rows;
  }

  /** Half of the live sequences at every ramp: a guess where nothing is known yet. */
  public static FlushTable halves(int slots, int ramps) {
    int[] half = new int[ramps];
    Arrays.fill(half, Math.max(1, slots / 2));
    return scaled(slots, new int[] {slots}, new int[][] {half});
  }

  /**
   * The same thresholds however many are alive.
   *
   * @param thresholds each at least 1, not copied. [ramp]
   */
  public static FlushTable constant(int slots, int... thresholds) {
    int[][] rows = new int[slots + 1][];
    Arrays.fill(rows, thresholds);
    return new FlushTable(rows);
  }

  /**
   * Thresholds known at some numbers of live sequences; in between, the threshold's share of the
   * live sequences is interpolated, and outside it is that of the nearest.
   *
   * @param slots most live sequences
   * @param live where the thresholds are known, increasing, none above {@code slots}. [k]
   * @param known thresholds there. [k][ramp]
   */
  static FlushTable scaled(int slots, int[] live, int[][] known) {
    int ramps = known[0].length;
    int[][] rows = new int[slots + 1][ramps];
    int k = 0;
    for (int n = 0; n <= slots; n++) {
      while (live[k] < n && k < live.length - 1) {
        k++;
      }
      int below = k == 0 ? 0 : k - 1;
      double weight =
          live[k] == live[below]
              ? 1
              : Math.min(1, (n - live[below]) / (double) (live[k] - live[below]));
      for (int ramp = 0; ramp < ramps; ramp++) {
        double share =
            weight * known[k][ramp] / live[k] + (1 - weight) * known[below][ramp] / live[below];
        rows[n][ramp] = Math.max(1, (int) Math.round(share * n));
      }
    }
    return new FlushTable(rows);
  }

  /** The thresholds while all slots are taken. [ramp] */
  public List<Integer> withAllSlots() {
    return Arrays.stream(rows[slots()]).boxed().toList();
  }

  /** Most live sequences that it was made for. */
  public int slots() {
    return rows.length - 1;
  }

  /**
   * Buffered rows that are enough to run a segment.
   *
   * @param segment at least 1
   * @param live sequences that hold a slot, at most {@link #slots}
   */
  public int enoughRows(int segment, int live) {
    return rows[live][segment - 1];
  }
}
