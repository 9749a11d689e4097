package io.drex.spark.engine;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.drex.engine.EngineSnapshot;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The engine's counters as Spark metrics; 0 while there is no engine. */
final class EngineGauges {
  private EngineGauges() {}

  static void register(MetricRegistry registry, Supplier<Optional<OpenEngine>> engine) {
    Registration gauges = new Registration(registry, engine);
    gauges.add("requestsSubmitted", EngineSnapshot::submitted);
    gauges.add("requestsInFlight", snapshot -> snapshot.submitted() - snapshot.completed());
    gauges.add("steps", EngineSnapshot::steps);
    gauges.add("mixedSteps", EngineSnapshot::mixedSteps);
    gauges.add("promptRows", EngineSnapshot::promptRows);
    gauges.add("decodeRows", EngineSnapshot::decodeRows);
    gauges.add("tokens", EngineSnapshot::tokens);
    gauges.add("flushes", EngineSnapshot::flushes);
    gauges.add("flushedRows", EngineSnapshot::flushedRows);
    gauges.add("preemptions", EngineSnapshot::preemptions);
    gauges.add("replayedRows", EngineSnapshot::replayedRows);
    gauges.add("sharedPromptRows", EngineSnapshot::sharedPromptRows);
    gauges.add("outOfMemoryCalls", EngineSnapshot::outOfMemoryCalls);
    gauges.add("lateRows", EngineSnapshot::lateRows);
    gauges.add("busyMicros", EngineSnapshot::busyMicros);
    gauges.add("decodeTokens", EngineSnapshot::decodeTokens);
    gauges.add("decodeMicros", EngineSnapshot::decodeMicros);
    gauges.add("kvBytesHeldPeak", EngineSnapshot::kvBytesHeldPeak);
    gauges.add("kvBytesUsedAtPeak", EngineSnapshot::kvBytesUsedAtPeak);
  }

  private record Registration(MetricRegistry registry, Supplier<Optional<OpenEngine>> engine) {
    void add(String name, ToLongFunction<EngineSnapshot> counter) {
      Gauge<Long> gauge =
          () -> engine.get().map(open -> counter.applyAsLong(open.snapshot())).orElse(0L);
      registry.register("engine." + name, gauge);
    }
  }
}
