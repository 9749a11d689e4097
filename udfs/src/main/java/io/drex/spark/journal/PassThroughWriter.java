package io.drex.spark.journal;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;

/** A pass-through column: the input row's field of this index, of this type. */
record PassThroughWriter(int field, Value value) implements ColumnWriter<JournalRow> {

  static PassThroughWriter of(int field, DataType type) {
    return new PassThroughWriter(field, value(type));
  }

  @Override
  public boolean isNull(JournalRow row) {
    return row.input().isNullAt(field);
  }

  @Override
  public void write(JournalRow row, RecordConsumer out) {
    value.write(row.input().get(field), out);
  }

  /** Writes Spark's Java value of one type. */
  interface Value {
    void write(Object value, RecordConsumer out);
  }

  private static Value value(DataType type) {
    if (type instanceof StringType) {
      return (value, out) -> out.addBinary(Binary.fromString((String) value));
    } else if (type instanceof DecimalType decimal) {
      return decimal(decimal);
    } else if (type.equals(DataTypes.BinaryType)) {
      return (value, out) -> out.addBinary(Binary.fromConstantByteArray((byte[]) value));
    } else if (type.equals(DataTypes.BooleanType)) {
      return (value, out) -> out.addBoolean((Boolean) value);
    } else if (type.equals(DataTypes.LongType)) {
      return (value, out) -> out.addLong((Long) value);
    } else if (type.equals(DataTypes.FloatType)) {
      return (value, out) -> out.addFloat((Float) value);
    } else if (type.equals(DataTypes.DoubleType)) {
      return (value, out) -> out.addDouble((Double) value);
    } else if (type.equals(DataTypes.DateType)) {
      return (value, out) -> out.addInteger(SparkTime.days(value));
    } else if (type.equals(DataTypes.TimestampType)) {
      return (value, out) -> out.addLong(SparkTime.micros(value));
    } else if (type.equals(DataTypes.TimestampNTZType)) {
      return (value, out) ->
          out.addLong(SparkTime.micros(((LocalDateTime) value).toInstant(ZoneOffset.UTC)));
    }
    // Byte, short and int; ParquetTypes has refused all others.
    return (value, out) -> out.addInteger(((Number) value).intValue());
  }

  private static Value decimal(DecimalType type) {
    int width = DecimalBytes.width(type.precision());
    return (value, out) -> {
      BigDecimal scaled = ((BigDecimal) value).setScale(type.scale(), RoundingMode.UNNECESSARY);
      if (width <= Integer.BYTES) {
        out.addInteger(scaled.unscaledValue().intValueExact());
      } else if (width <= Long.BYTES) {
        out.addLong(scaled.unscaledValue().longValueExact());
      } else {
        byte[] bytes = DecimalBytes.of(scaled.unscaledValue(), width);
        out.addBinary(Binary.fromConstantByteArray(bytes));
      }
    };
  }
}
