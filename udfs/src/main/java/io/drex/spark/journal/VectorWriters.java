package io.drex.spark.journal;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/** Writers of Arrow vectors; their rows are indexes into the vector. */
final class VectorWriters {
  private VectorWriters() {}

  /** The writer of a vector of one of the types that a completion batch has. */
  static ColumnWriter<Integer> of(FieldVector vector) {
    if (vector instanceof VarCharVector text) {
      return leaf(text, (row, out) -> out.addBinary(Binary.fromConstantByteArray(text.get(row))));
    } else if (vector instanceof FixedSizeBinaryVector bytes) {
      return leaf(bytes, (row, out) -> out.addBinary(Binary.fromConstantByteArray(bytes.get(row))));
    } else if (vector instanceof IntVector ints) {
      return leaf(ints, (row, out) -> out.addInteger(ints.get(row)));
    } else if (vector instanceof BigIntVector longs) {
      return leaf(longs, (row, out) -> out.addLong(longs.get(row)));
    } else if (vector instanceof SmallIntVector shorts) {
      return leaf(shorts, (row, out) -> out.addInteger(shorts.get(row)));
    } else if (vector instanceof Float4Vector floats) {
      return leaf(floats, (row, out) -> out.addFloat(floats.get(row)));
    } else if (vector instanceof Float8Vector doubles) {
      return leaf(doubles, (row, out) -> out.addDouble(doubles.get(row)));
    } else if (vector instanceof BitVector bits) {
      return leaf(bits, (row, out) -> out.addBoolean(bits.get(row) != 0));
    } else if (vector instanceof StructVector struct) {
      return struct(struct);
    } else if (vector instanceof ListVector list) {
      return leaf(list, new ListValue(list, of(list.getDataVector())));
    }
    throw new IllegalArgumentException("no writer for " + vector.getField());
  }

  private static ColumnWriter<Integer> struct(StructVector struct) {
    List<ColumnWriter<Integer>> children = new ArrayList<>();
    for (FieldVector child : struct.getChildrenFromFields()) {
      children.add(of(child));
    }
    List<String> names = struct.getChildFieldNames();
    return leaf(
        struct,
        (row, out) -> {
          out.startGroup();
          for (int i = 0; i < children.size(); i++) {
            Fields.write(names.get(i), i, children.get(i), row, out);
          }
          out.endGroup();
        });
  }

  /** Parquet's three levels: the list, its repeated entries, their optional element. */
  private record ListValue(ListVector list, ColumnWriter<Integer> element) implements Value {
    @Override
    public void write(int row, RecordConsumer out) {
      int from = list.getElementStartIndex(row);
      int to = list.getElementEndIndex(row);
      out.startGroup();
      if (from < to) {
        out.startField("list", 0);
        for (int i = from; i < to; i++) {
          out.startGroup();
          Fields.write("element", 0, element, i, out);
          out.endGroup();
        }
        out.endField("list", 0);
      }
      out.endGroup();
    }
  }

  private interface Value {
    void write(int row, RecordConsumer out);
  }

  private static ColumnWriter<Integer> leaf(ValueVector vector, Value value) {
    return new ColumnWriter<>() {
      @Override
      public boolean isNull(Integer row) {
        return vector.isNull(row);
      }

      @Override
      public void write(Integer row, RecordConsumer out) {
        value.write(row, out);
      }
    };
  }
}
