package io.drex.arrow;

import io.drex.engine.Completion;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;

/** {@code ramp_trace{sequence_key, ramp_confidences}}; confidences by ramp and then by token. */
final class RampTraceColumn {
  private static final String NAME = "ramp_trace";
  private static final String KEY = "sequence_key";
  private static final String CONFIDENCES = "ramp_confidences";

  private final StructVector trace;
  private final BigIntVector sequenceKey;
  private final ListVector byRamp;
  private final ListVector byToken; // elements of byRamp
  private final Float4Vector confidence; // elements of byToken

  RampTraceColumn(VectorSchemaRoot root) {
    trace = (StructVector) root.getVector(NAME);
    sequenceKey = trace.getChild(KEY, BigIntVector.class);
    byRamp = trace.getChild(CONFIDENCES, ListVector.class);
    byToken = (ListVector) byRamp.getDataVector();
    confidence = (Float4Vector) byToken.getDataVector();
  }

  static Field field() {
    return ArrowFields.struct(
        NAME,
        ArrowFields.int64(KEY),
        ArrowFields.list(CONFIDENCES, ArrowFields.list("element", ArrowFields.float32("element"))));
  }

  void set(int row, Completion completion) {
    int ramps = completion.exits().exitsByRamp().length - 1;
    float[] read = completion.trace().confidences();
    trace.setIndexDefined(row);
    sequenceKey.setSafe(row, completion.trace().sequenceKey());
    int first = byRamp.startNewValue(row);
    for (int ramp = 0; ramp < ramps; ramp++) {
      int tokens = read.length / ramps;
      int at = byToken.startNewValue(first + ramp);
      for (int token = 0; token < tokens; token++) {
        set(at + token, read[token * ramps + ramp]);
      }
      byToken.endValue(first + ramp, tokens);
    }
    byRamp.endValue(row, ramps);
  }

  private void set(int element, float value) {
    if (Float.isNaN(value)) {
      confidence.setNull(element);
    } else {
      confidence.setSafe(element, value);
    }
  }
}
