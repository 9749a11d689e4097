package io.drex.spark.engine;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.drex.spark.storage.StoreCalls;
import java.io.IOException;
import java.util.function.ToLongFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Calls to the output's store that this executor made again, as Spark metrics. */
final class StoreGauges {
  private StoreGauges() {}

  static void register(MetricRegistry registry, String output, Configuration hadoop) {
    Path path = new Path(output);
    add(registry, "repeatedCalls", path, hadoop, StoreCalls::repeated);
    add(registry, "throttledCalls", path, hadoop, StoreCalls::throttled);
  }

  private static void add(
      MetricRegistry registry,
      String name,
      Path path,
      Configuration hadoop,
      ToLongFunction<StoreCalls> count) {
    Gauge<Long> gauge =
        () -> {
          try {
            return count.applyAsLong(StoreCalls.of(path, hadoop));
          } catch (IOException e) {
            return 0L; // the tasks that write there say what is wrong with it
          }
        };
    registry.register("store." + name, gauge);
  }
}
