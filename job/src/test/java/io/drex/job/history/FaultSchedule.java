package io.drex.job.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What goes wrong in a job, and when; a function of the seed.
 *
 * @param executorKills milliseconds after the start of the first run
 * @param taskKills likewise
 * @param driverKills milliseconds after the first sign of a driver of its own, which is killed
 * @param storeFaults share of the calls to the output's store that fail, in the first runs
 */
record FaultSchedule(
    long seed,
    List<Integer> executorKills,
    List<Integer> taskKills,
    List<Integer> driverKills,
    double storeFaults) {
  private static final int DRIVER_KILLS_EVERY = 6;

  /** Whether the seed's schedule kills drivers, and nothing that needs a cluster. */
  static boolean killsDrivers(long seed) {
    return seed % DRIVER_KILLS_EVERY == DRIVER_KILLS_EVERY - 1;
  }

  static FaultSchedule of(long seed) {
    Random random = new Random(seed);
    double[] shares = {0, .003, .01};
    double store = shares[random.nextInt(shares.length)];
    if (killsDrivers(seed)) {
      return new FaultSchedule(seed, List.of(), List.of(), moments(random, 1, 8_000), store);
    }
    List<Integer> executors = moments(random, random.nextInt(3), 4_000);
    List<Integer> tasks = moments(random, random.nextInt(3), 3_000);
    if (executors.isEmpty() && tasks.isEmpty() && store == 0) {
      return new FaultSchedule(seed, moments(random, 1, 4_000), tasks, List.of(), .003);
    }
    return new FaultSchedule(seed, executors, tasks, List.of(), store);
  }

  private static List<Integer> moments(Random random, int count, int limit) {
    List<Integer> moments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      moments.add(100 + random.nextInt(limit));
    }
    return moments;
  }
}
