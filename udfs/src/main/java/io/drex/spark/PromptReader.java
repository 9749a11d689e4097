package io.drex.spark;

import io.drex.arrow.RowOutcome;
import io.drex.engine.ErrorCode;
import io.drex.engine.RowError;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.hash.Sha256;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.BadPromptException.Reason;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Makes token ids of input rows; a row that has none becomes a failed row. One thread. */
final class PromptReader {
  private final PromptTemplate template;
  private final Tokenizer tokenizer;
  private final int maxPromptTokens;
  private final RowSampling sampling;
  private final Map<String, Integer> columns = new HashMap<>(); // template column to field index
  private final int idField;
  private final int keyField;
  private @Nullable Prompt last; // that was tokenised
  private int[] lastTokens = {};
  // New decoders report what is malformed.
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private PromptReader(
      PromptTemplate template,
      List<String> templateColumns,
      StructType input,
      Tokenizer tokenizer,
      int maxPromptTokens,
      RowSampling sampling) {
    this.template = template;
    this.tokenizer = tokenizer;
    this.maxPromptTokens = maxPromptTokens;
    this.sampling = sampling;
    for (String column : templateColumns) {
      columns.put(column, input.fieldIndex(TaskInput.templateColumn(column)));
    }
    idField = input.fieldIndex(TaskInput.ID);
    keyField = input.fieldIndex(TaskInput.KEY);
  }

  /**
   * The reader of a run's rows.
   *
   * @param text the run's tokenizer and stop strings
   */
  static PromptReader of(GenerateSpec spec, CompletionText text, int maxPromptTokens) {
    return new PromptReader(
        PromptTemplate.parse(spec.template()),
        spec.templateColumns(),
        spec.input(),
        text.tokenizer(),
        maxPromptTokens,
        RowSampling.of(spec.config(), spec.input(), text.stop()));
  }

  /** What a row's prompt became. */
  sealed interface Reading {
    /**
     * @param tokens the prompt's ids
     * @param promptSha256 of the rendered prompt
     * @param sampling how its completion's tokens are chosen
     * @param urgency when it should run
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Tokens(
        String id,
        byte[] key,
        String promptSha256,
        int[] tokens,
        SamplingParams sampling,
        Urgency urgency)
        implements Reading {}

    /** A row that the engine will not see. */
    record Bad(RowOutcome.Failed outcome) implements Reading {}
  }

  Reading read(Row row) {
    String id = row.getString(idField);
    byte[] key = row.getAs(keyField);
    String promptSha256 = null;
    try {
      Prompt prompt = template.render(texts(row)::get);
      promptSha256 = Sha256.hex(prompt.text().getBytes(StandardCharsets.UTF_8));
      int[] tokens = tokens(prompt);
      return new Reading.Tokens(
          id, key, promptSha256, tokens, sampling.of(row, id), sampling.urgency(row));
    } catch (BadPromptException e) {
      // Text that is not Unicode has no UTF-8 whose hash would tell it from others.
      String sha256 = e.reason() == Reason.BAD_ENCODING ? null : promptSha256;
      RowError error =
          new RowError(ErrorCode.valueOf(e.reason().name()), String.valueOf(e.getMessage()));
      return new Reading.Bad(new RowOutcome.Failed(id, key, sha256, null, error));
    } catch (ConfigException e) {
      RowError error = new RowError(ErrorCode.BAD_OPTION, String.valueOf(e.getMessage()));
      return new Reading.Bad(new RowOutcome.Failed(id, key, promptSha256, null, error));
    }
  }

  /** Copies stand next to each other, and are not tokenised again. */
  private int[] tokens(Prompt prompt) throws BadPromptException {
    if (last == null || !last.spans().equals(prompt.spans())) {
      lastTokens = tokenizer.encode(prompt, maxPromptTokens);
      last = prompt;
    }
    return lastTokens;
  }

  private Map<String, @Nullable String> texts(Row row) throws BadPromptException {
    Map<String, @Nullable String> texts = new HashMap<>();
    for (Map.Entry<String, Integer> column : columns.entrySet()) {
      texts.put(column.getKey(), text(row.get(column.getValue()), column.getKey()));
    }
    return texts;
  }

  private @Nullable String text(@Nullable Object value, String column) throws BadPromptException {
    if (!(value instanceof byte[] bytes)) {
      return (String) value;
    }
    try {
      return utf8.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadPromptException(
          Reason.BAD_ENCODING, "column " + column + " is not valid UTF-8: " + e.getMessage());
    }
  }
}
