package io.drex.job.calibrate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import io.drex.job.input.InputColumns;
import io.drex.job.input.InputReader;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.conf.KeyNames;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Rows drawn from an input, in an order that their texts' hashes shuffle: neither the input's order
 * nor its partitioning changes it. Rows with equal texts are drawn once.
 *
 * @param rows those that can be used
 * @param unusable rows drawn that cannot: no prompt, a prompt that is too long, no reference
 */
record Sample(List<SampleRow> rows, int unusable) {
  private static final int ONE_IN = 4;

  /**
   * One row.
   *
   * @param prompt token ids
   * @param reference null without a reference column
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record SampleRow(int[] prompt, @Nullable String reference) {}

  Sample {
    rows = List.copyOf(rows);
  }

  /** The rows whose full-depth readings propose thresholds. */
  List<SampleRow> proposing() {
    return rows.subList(0, rows.size() / ONE_IN);
  }

  /** The rows that thresholds are tested on; no threshold was made with them. */
  List<SampleRow> heldOut() {
    return rows.subList(rows.size() / ONE_IN, rows.size());
  }

  /** Usable rows to draw, so that this many are held out. */
  static int drawnFor(int heldOut) {
    return (int) Math.min(Integer.MAX_VALUE, ((long) heldOut * ONE_IN + ONE_IN - 2) / (ONE_IN - 1));
  }

  /** Tokens of the longest prompt. */
  int longestPrompt() {
    return rows.stream().mapToInt(row -> row.prompt().length).max().orElse(0);
  }

  /**
   * Draws the rows.
   *
   * @param maxPromptTokens longer prompts cannot be used
   * @throws JobException INPUT if a column is missing; else as {@link InputReader#open}
   */
  static Sample draw(
      SparkSession spark,
      DrexConfig config,
      PromptTemplate template,
      Tokenizer tokenizer,
      int maxPromptTokens) {
    Dataset<Row> input = InputReader.open(spark, config);
    InputColumns.find(input.schema(), template.columns(), List.of(), List.of(), List.of());
    Optional<String> reference = config.optional(ConfigKeys.REFERENCE);
    reference.ifPresent(name -> require(name, input.columns()));
    Set<String> names = new LinkedHashSet<>(template.columns().stream().sorted().toList());
    reference.ifPresent(names::add);
    if (names.isEmpty()) {
      throw new JobException(
          ExitCode.USAGE, "the template names no column, so all prompts are equal");
    }
    Column[] texts =
        names.stream().map(name -> quoted(name).cast("string").as(name)).toArray(Column[]::new);
    Column[] columns = names.stream().map(Sample::quoted).toArray(Column[]::new);
    List<Row> drawn =
        input
            .select(texts)
            .distinct()
            .orderBy(xxhash64(columns))
            .limit(config.value(ConfigKeys.ROWS))
            .collectAsList();
    return usable(drawn, reference, template, row -> tokenizer.encode(row, maxPromptTokens));
  }

  private interface Encoder {
    int[] encode(Prompt prompt) throws BadPromptException;
  }

  private static Sample usable(
      List<Row> drawn, Optional<String> reference, PromptTemplate template, Encoder encoder) {
    List<SampleRow> rows = new ArrayList<>();
    for (Row row : drawn) {
      String expected = reference.map(name -> row.<String>getAs(name)).orElse(null);
      if (reference.isPresent() && expected == null) {
        continue;
      }
      try {
        int[] prompt = encoder.encode(template.render(row::getAs));
        if (prompt.length > 0) {
          rows.add(new SampleRow(prompt, expected));
        }
      } catch (BadPromptException e) {
        // Counted below; generate makes an error row of it.
        continue;
      }
    }
    return new Sample(rows, drawn.size() - rows.size());
  }

  private static void require(String name, String[] columns) {
    if (!Arrays.asList(columns).contains(name)) {
      throw new JobException(
          ExitCode.INPUT,
          "--reference column '"
              + name
              + "' is not in the input; did you mean '"
              + KeyNames.nearest(name, List.of(columns))
              + "'?");
    }
  }

  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}
