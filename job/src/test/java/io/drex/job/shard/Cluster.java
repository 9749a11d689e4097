package io.drex.job.shard;

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
    PriorityQueue<Double> free = new PriorityQueue<>();
    for (int core = 0; core < cores; core++) {
      free.add(0.0);
    }
    double sum = 0;
    double last = 0;
    for (double time : times) {
      double end = free.remove() + time;
      free.add(end);
      last = Math.max(last, end);
      sum += time;
    }
    return last / (sum / cores);
  }
}
