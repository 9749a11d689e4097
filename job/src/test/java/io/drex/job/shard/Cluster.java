package io.drex.job.shard;

import java.util.Arrays;
import java.util.PriorityQueue;

/** Cores that take tasks in their order, each one when it is free, as Spark gives them out. */
final class Cluster {
  private Cluster() {}

  /**
   * When the last task ends, by the time that all would take spread evenly; at least 1.
   *
   * @param times of the tasks, in the order in which they start
   */
  static double tail(double[] times, int cores) {
    double last = Arrays.stream(ends(times, cores)).max().orElse(0);
    return last / (Arrays.stream(times).sum() / cores);
  }

  /** When each task ends. */
  static double[] ends(double[] times, int cores) {
    PriorityQueue<Double> free = new PriorityQueue<>();
    for (int core = 0; core < cores; core++) {
      free.add(0.0);
    }
    double[] ends = new double[times.length];
    for (int task = 0; task < times.length; task++) {
      ends[task] = free.remove() + times[task];
      free.add(ends[task]);
    }
    return ends;
  }
}
