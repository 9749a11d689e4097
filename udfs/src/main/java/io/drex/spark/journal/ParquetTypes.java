package io.drex.spark.journal;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The Parquet types by which Spark and others read a Spark schema; every field is optional. */
final class ParquetTypes {
  private static final int INT32_DIGITS = 9;
  private static final int INT64_DIGITS = 18;

  private ParquetTypes() {}

  static MessageType message(StructType schema) {
    return new MessageType("spark_schema", fields(schema));
  }

  private static List<Type> fields(StructType struct) {
    List<Type> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(optional(field.name(), field.dataType()));
    }
    return fields;
  }

  private static Type optional(String name, DataType type) {
    if (type instanceof StructType struct) {
      return Types.optionalGroup().addFields(fields(struct).toArray(Type[]::new)).named(name);
    }
    if (type instanceof ArrayType array) {
      return Types.optionalList().element(optional("element", array.elementType())).named(name);
    }
    if (type instanceof DecimalType decimal) {
      return decimal(name, decimal);
    }
    return primitive(name, type);
  }

  private static Type primitive(String name, DataType type) {
    if (type instanceof StringType) {
      return of(name, PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType());
    } else if (type.equals(DataTypes.BinaryType)) {
      return Types.optional(PrimitiveTypeName.BINARY).named(name);
    } else if (type.equals(DataTypes.BooleanType)) {
      return Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
    } else if (type.equals(DataTypes.ByteType)) {
      return of(name, PrimitiveTypeName.INT32, LogicalTypeAnnotation.intType(Byte.SIZE, true));
    } else if (type.equals(DataTypes.ShortType)) {
      return of(name, PrimitiveTypeName.INT32, LogicalTypeAnnotation.intType(Short.SIZE, true));
    } else if (type.equals(DataTypes.IntegerType)) {
      return Types.optional(PrimitiveTypeName.INT32).named(name);
    } else if (type.equals(DataTypes.LongType)) {
      return Types.optional(PrimitiveTypeName.INT64).named(name);
    } else if (type.equals(DataTypes.FloatType)) {
      return Types.optional(PrimitiveTypeName.FLOAT).named(name);
    } else if (type.equals(DataTypes.DoubleType)) {
      return Types.optional(PrimitiveTypeName.DOUBLE).named(name);
    } else if (type.equals(DataTypes.DateType)) {
      return of(name, PrimitiveTypeName.INT32, LogicalTypeAnnotation.dateType());
    } else if (type.equals(DataTypes.TimestampType)) {
      return of(name, PrimitiveTypeName.INT64, timestamp(true));
    } else if (type.equals(DataTypes.TimestampNTZType)) {
      return of(name, PrimitiveTypeName.INT64, timestamp(false));
    }
    throw new IllegalArgumentException(
        "column "
            + name
            + " has the type "
            + type.simpleString()
            + ", which cannot be passed through; cast it or use to_json");
  }

  private static Type decimal(String name, DecimalType type) {
    LogicalTypeAnnotation decimal =
        LogicalTypeAnnotation.decimalType(type.scale(), type.precision());
    if (type.precision() <= INT32_DIGITS) {
      return of(name, PrimitiveTypeName.INT32, decimal);
    } else if (type.precision() <= INT64_DIGITS) {
      return of(name, PrimitiveTypeName.INT64, decimal);
    }
    return Types.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
        .length(DecimalBytes.width(type.precision()))
        .as(decimal)
        .named(name);
  }

  private static Type of(String name, PrimitiveTypeName physical, LogicalTypeAnnotation logical) {
    return Types.optional(physical).as(logical).named(name);
  }

  private static LogicalTypeAnnotation timestamp(boolean isAdjustedToUtc) {
    return LogicalTypeAnnotation.timestampType(isAdjustedToUtc, TimeUnit.MICROS);
  }
}
