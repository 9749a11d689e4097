package io.drex.arrow;

import io.drex.engine.Timing;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;

/** {@code timing{queue_ms, first_token_ms, total_ms}}. */
final class TimingColumn {
  private static final double MICROS_PER_MILLI = 1000;

  private final StructVector timing;
  private final Float8Vector queueMs;
  private final Float8Vector firstTokenMs;
  private final Float8Vector totalMs;

  TimingColumn(VectorSchemaRoot root) {
    timing = (StructVector) root.getVector("timing");
    queueMs = timing.getChild("queue_ms", Float8Vector.class);
    firstTokenMs = timing.getChild("first_token_ms", Float8Vector.class);
    totalMs = timing.getChild("total_ms", Float8Vector.class);
  }

  void set(int row, Timing value) {
    timing.setIndexDefined(row);
    queueMs.setSafe(row, millis(value.queueMicros()));
    firstTokenMs.setSafe(row, millis(value.firstTokenMicros()));
    totalMs.setSafe(row, millis(value.totalMicros()));
  }

  static double millis(long micros) {
    return micros / MICROS_PER_MILLI;
  }
}
