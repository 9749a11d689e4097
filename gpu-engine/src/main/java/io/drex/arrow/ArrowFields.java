package io.drex.arrow;

import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** Spells fields of Arrow schemas; all are nullable unless they say otherwise. */
final class ArrowFields {
  private ArrowFields() {}

  static Field text(String name) {
    return leaf(name, ArrowType.Utf8.INSTANCE);
  }

  static Field bytes(String name, int width) {
    return leaf(name, new ArrowType.FixedSizeBinary(width));
  }

  static Field flag(String name) {
    return leaf(name, ArrowType.Bool.INSTANCE);
  }

  static Field int16(String name) {
    return leaf(name, new ArrowType.Int(Short.SIZE, true));
  }

  static Field int32(String name) {
    return leaf(name, new ArrowType.Int(Integer.SIZE, true));
  }

  static Field int64(String name) {
    return leaf(name, new ArrowType.Int(Long.SIZE, true));
  }

  static Field float32(String name) {
    return leaf(name, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
  }

  static Field float64(String name) {
    return leaf(name, new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  }

  static Field struct(String name, Field... children) {
    return new Field(name, FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(children));
  }

  static Field list(String name, Field element) {
    return new Field(name, FieldType.nullable(ArrowType.List.INSTANCE), List.of(element));
  }

  private static Field leaf(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }
}
