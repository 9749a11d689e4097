package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.CudaDriver.Graph;
import org.jspecify.annotations.Nullable;

/**
 * The launches of decode calls as graphs, one for each segment and each bucket of rows. Kernels
 * read how many rows there are from the device's memory, so a graph serves all calls of its bucket.
 *
 * <p>A graph is recorded when it is wanted for the second time: the first time launches its kernels
 * one by one, and that brings them to the device, which must not happen while a graph is recorded.
 */
final class DecodeGraphs implements AutoCloseable {
  private static final int[] BUCKETS = {8, 16, 32, 64, 128}; // rows

  private final CudaDriver driver;
  private final boolean[][] isLoaded; // [segment][bucket]
  private final @Nullable Graph[][] graphs; // [segment][bucket]

  DecodeGraphs(CudaDriver driver, int segments) {
    this.driver = driver;
    isLoaded = new boolean[segments][BUCKETS.length];
    graphs = new Graph[segments][BUCKETS.length];
  }

  /** Most rows that there are graphs for. */
  static int mostRows() {
    return BUCKETS[BUCKETS.length - 1];
  }

  /** Launches a bucket's kernels; its rows are those that grids are for. */
  interface Launches {
    void launch(int segment, int gridRows);
  }

  /**
   * Runs a segment.
   *
   * @param rows at least 1, at most {@link #mostRows}
   */
  void run(int segment, int rows, Launches launches) {
    int bucket = 0;
    while (BUCKETS[bucket] < rows) {
      bucket++;
    }
    int gridRows = BUCKETS[bucket];
    Graph graph = graphs[segment][bucket];
    if (graph == null && isLoaded[segment][bucket]) {
      graph = driver.record(() -> launches.launch(segment, gridRows));
      graphs[segment][bucket] = graph;
    }
    if (graph == null) {
      launches.launch(segment, gridRows);
      isLoaded[segment][bucket] = true;
    } else {
      driver.launch(graph);
    }
  }

  /** Gives all graphs back; what a lost device does not take back goes with its context. */
  @Override
  public void close() {
    try {
      for (@Nullable Graph[] ofSegment : graphs) {
        for (int bucket = 0; bucket < ofSegment.length; bucket++) {
          Graph graph = ofSegment[bucket];
          if (graph != null) {
            driver.free(graph);
          }
          ofSegment[bucket] = null;
        }
      }
    } catch (DeviceException e) {
      // The context is closed next.
    }
  }
}
