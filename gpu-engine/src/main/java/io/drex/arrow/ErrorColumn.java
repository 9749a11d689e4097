package io.drex.arrow;

import io.drex.engine.RowError;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;

/** {@code error{code, message, retryable}}. */
final class ErrorColumn {
  private final StructVector error;
  private final VarCharVector code;
  private final VarCharVector message;
  private final BitVector retryable;

  ErrorColumn(VectorSchemaRoot root) {
    error = (StructVector) root.getVector("error");
    code = error.getChild("code", VarCharVector.class);
    message = error.getChild("message", VarCharVector.class);
    retryable = error.getChild("retryable", BitVector.class);
  }

  void set(int row, RowError value) {
    error.setIndexDefined(row);
    Vectors.set(code, row, value.code().name());
    Vectors.set(message, row, value.message());
    retryable.setSafe(row, value.code().retryable() ? 1 : 0);
  }
}
