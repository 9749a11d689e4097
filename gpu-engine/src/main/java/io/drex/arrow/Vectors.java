package io.drex.arrow;

import java.nio.charset.StandardCharsets;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;

/** Writes Java values into vectors, which grow as needed. */
final class Vectors {
  private Vectors() {}

  static void set(VarCharVector vector, int row, String text) {
    vector.setSafe(row, text.getBytes(StandardCharsets.UTF_8));
  }

  static void set(ListVector list, int row, int[] values) {
    IntVector elements = (IntVector) list.getDataVector();
    int at = list.startNewValue(row);
    for (int i = 0; i < values.length; i++) {
      elements.setSafe(at + i, values[i]);
    }
    list.endValue(row, values.length);
  }

  static void set(ListVector list, int row, short[] values) {
    SmallIntVector elements = (SmallIntVector) list.getDataVector();
    int at = list.startNewValue(row);
    for (int i = 0; i < values.length; i++) {
      elements.setSafe(at + i, values[i]);
    }
    list.endValue(row, values.length);
  }

  static void set(ListVector list, int row, float[] values) {
    Float4Vector elements = (Float4Vector) list.getDataVector();
    int at = list.startNewValue(row);
    for (int i = 0; i < values.length; i++) {
      elements.setSafe(at + i, values[i]);
    }
    list.endValue(row, values.length);
  }
}
