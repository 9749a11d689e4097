package io.drex.job.run;

import io.drex.job.output.Progress;
import io.drex.spark.ProgressCounters;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Adds what running tasks tell in their heartbeats to the counters, which Spark itself moves only
 * when a task ends. Called by Spark's listener thread, read by the progress thread.
 */
final class ProgressListener extends SparkListener {
  private final ProgressCounters counters;
  private final Map<Long, Map<Long, Long>> running = new HashMap<>(); // task → accumulator → sum

  ProgressListener(ProgressCounters counters) {
    this.counters = counters;
  }

  ProgressCounters counters() {
    return counters;
  }

  synchronized Progress.Done done() {
    return new Progress.Done(
        sum(counters.rows()),
        sum(counters.errors()),
        sum(counters.promptTokens()),
        sum(counters.tokens()),
        sum(counters.depthSum()));
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates()).forEach(this::keep);
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
  }

  private void keep(Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task) {
    Map<Long, Long> sums = new HashMap<>();
    for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
      if (info.update().isDefined() && info.update().get() instanceof Long value) {
        sums.put(info.id(), value);
      }
    }
    running.put((Long) task._1(), sums);
  }

  private long sum(LongAccumulator counter) {
    long sum = counter.sum();
    for (Map<Long, Long> task : running.values()) {
      sum += task.getOrDefault(counter.id(), 0L);
    }
    return sum;
  }
}
