package io.drex.device.cpu.onednn;

import java.util.Arrays;

/** Whether the bits of a row's outputs depend on the rows beside it. */
interface BatchInvariance {
  /** Multiplication of {@link RowSizes#MOST} rows that differ, in calls of any composition. */
  interface Trial {
    /** Outputs of the rows [from, from + rows), multiplied in one call, [row − from][output]. */
    float[] multiply(int from, int rows);
  }

  /** Whether all numbers of rows give a row the same bits. */
  boolean holds(Trial trial, int[] sizes);

  /** Whether a row has the same bits alone and at any place of a full tile. */
  boolean holdsInTiles(Trial trial, int tile);

  /** By trying it out. */
  BatchInvariance MEASURED =
      new BatchInvariance() {
        /** Rows that run alone and as a pair. */
        private static final int EVERY = 8;

        @Override
        public boolean holds(Trial trial, int[] sizes) {
          int most = sizes[sizes.length - 1];
          float[] all = trial.multiply(0, most);
          for (int size : sizes) {
            if (differ(trial, 0, size, all, most) || differ(trial, 0, size - 1, all, most)) {
              return false;
            }
          }
          return !differ(trial, 1, most - 1, all, most) && alone(trial, all, most);
        }

        @Override
        public boolean holdsInTiles(Trial trial, int tile) {
          float[] all = trial.multiply(0, tile);
          for (int from = 1; from < tile; from++) {
            if (differ(trial, from, tile - from, all, tile)) {
              return false;
            }
          }
          return alone(trial, all, tile);
        }

        private boolean alone(Trial trial, float[] all, int rows) {
          for (int from = 0; from + 1 < rows; from += EVERY - 1) {
            if (differ(trial, from, 1, all, rows) || differ(trial, from, 2, all, rows)) {
              return false;
            }
          }
          return true;
        }

        /** Whether rows [from, from + rows) of a call of their own differ from those of all. */
        private boolean differ(Trial trial, int from, int rows, float[] all, int allRows) {
          int outputs = all.length / allRows;
          float[] some = trial.multiply(from, rows);
          int start = from * outputs;
          return Arrays.mismatch(some, 0, rows * outputs, all, start, start + rows * outputs) >= 0;
        }
      };
}
