package io.drex.arrow;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Tokenised prompts on their way to the engine: {@code id utf8, key fixed_size_binary(32),
 * prompt_tokens list<int32>}. Token ids of all rows are one flat direct buffer. Used by one thread;
 * filled, read from first to last row, cleared, and filled again.
 */
public final class PromptBatch implements AutoCloseable {
  /** Bytes of a row's key. */
  public static final int KEY_BYTES = 32;

  static final Schema SCHEMA =
      new Schema(
          List.of(
              ArrowFields.text("id"),
              ArrowFields.bytes("key", KEY_BYTES),
              ArrowFields.list("prompt_tokens", ArrowFields.int32("element"))));

  private final VectorSchemaRoot root;
  private final VarCharVector id;
  private final FixedSizeBinaryVector key;
  private final ListVector promptTokens;
  private final IntVector tokenIds; // [row × position], flat
  private int rows;

  /** An empty batch; its buffers belong to {@code allocator}. */
  public PromptBatch(BufferAllocator allocator) {
    root = VectorSchemaRoot.create(SCHEMA, allocator);
    id = (VarCharVector) root.getVector("id");
    key = (FixedSizeBinaryVector) root.getVector("key");
    promptTokens = (ListVector) root.getVector("prompt_tokens");
    tokenIds = (IntVector) promptTokens.getDataVector();
  }

  /**
   * Appends a row.
   *
   * @param rowKey {@value #KEY_BYTES} bytes
   * @param tokens the prompt's token ids
   */
  public void append(String rowId, byte[] rowKey, int[] tokens) {
    Vectors.set(id, rows, rowId);
    key.setSafe(rows, rowKey);
    Vectors.set(promptTokens, rows, tokens);
    rows++;
    root.setRowCount(rows);
  }

  /** Rows in the batch. */
  public int rows() {
    return rows;
  }

  /** Token ids of all rows together. */
  public int tokens() {
    return rows == 0 ? 0 : promptTokens.getElementEndIndex(rows - 1);
  }

  /** The id of a row. */
  public String id(int row) {
    return new String(id.get(row), StandardCharsets.UTF_8);
  }

  /** The key of a row; a copy. */
  public byte[] key(int row) {
    return key.get(row);
  }

  /** The token ids of a row; a copy. */
  public int[] promptTokens(int row) {
    int from = promptTokens.getElementStartIndex(row);
    int[] tokens = new int[promptTokens.getElementEndIndex(row) - from];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = tokenIds.get(from + i);
    }
    return tokens;
  }

  /** Forgets all rows and keeps the buffers. */
  public void clear() {
    id.reset();
    key.reset();
    promptTokens.reset();
    rows = 0;
    root.setRowCount(0);
  }

  /** Frees the buffers. */
  @Override
  public void close() {
    root.close();
  }
}
