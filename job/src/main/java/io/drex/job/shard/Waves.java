package io.drex.job.shard;

/**
 * How large the shards of a run are to be beside each other, in the order in which tasks start.
 * Tasks of one executor share its engine, and one that ends has nothing for it until the next has
 * begun. So those of the first wave are of different sizes, that no two end together; those between
 * are equal, which keeps them apart; and those of the last wave make up for the first, that all end
 * together.
 *
 * @param shards of the run
 * @param tasks that run at once, at least 1
 */
public record Waves(int shards, int tasks) {

  /**
   * For executors that run one task at a time: nobody has rows for the engine while a task ends, so
   * all shards are as those of a single wave are, equal and with their shortest rows at the end.
   */
  public static Waves ofTasksAlone(int shards) {
    return new Waves(shards, shards);
  }

  /** The first shard of the last wave; those before it have others beside them when they end. */
  int firstOfLast() {
    return Math.max(0, shards - tasks);
  }

  /** The size of a shard, where 1 is the largest and none is half of it or less. */
  double size(int shard) {
    boolean isOneWave = shards <= tasks;
    int place = shard < tasks ? shard : Math.max(0, shard - Math.max(tasks, firstOfLast()));
    return isOneWave ? 1 : 1 - place / (2.0 * tasks);
  }
}
