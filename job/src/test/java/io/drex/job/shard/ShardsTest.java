package io.drex.job.shard;

import static io.drex.job.TestJob.generate;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.spark_partition_id;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestSample;
import io.drex.job.input.InputColumns;
import io.drex.job.input.PreparedInput;
import io.drex.job.verdict.ExitCode;
import io.drex.spark.TaskInput;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {
  private static final int FILES = 10;
  private static final int ROWS_PER_FILE = 10;
  private static final int CORES = 2;
  private static final int SHARDS = 8;
  private static final String TEMPLATE = "{text}";
  private static final Tokenizer TOKENIZER = TestSample.bundled().tokenizer();

  @TempDir Path folder;

  @Test
  void onePartitionWithAHundredTimesTheTokensMakesNoLongTail() throws IOException {
    Path input = Files.createDirectory(folder.resolve("in"));
    for (int file = 0; file < FILES; file++) {
      Files.write(input.resolve("part" + file + ".jsonl"), lines(file, file == 0));
    }
    Map<String, Double> tokens = tokensOnTheNoopDevice(input);
    Dataset<Row> keyed = keyed(input);
    Shards shards =
        Shards.of(
            keyed,
            config(),
            new Prompts(TEMPLATE, List.of("text"), TOKENIZER),
            new Waves(SHARDS, CORES));

    double[] files = new double[FILES];
    tokens.forEach((id, count) -> files[Integer.parseInt(id.split("-")[0])] += count);
    assertThat(files[0]).isGreaterThan(99 * files[1]);
    assertThat(Cluster.tail(files, CORES)).as("as the input is").isGreaterThan(1.8);
    assertThat(Cluster.tail(times(shards.spread(keyed), tokens), CORES)).isLessThan(1.3);
    assertThat(shards.rows()).isEqualTo(tokens.size());
    double all = tokens.values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat((double) shards.promptTokens()).as("most are prompts'").isBetween(0.8 * all, all);
  }

  @Test
  void inTheLastShardsTheLongestRowsComeFirst() throws IOException {
    List<String> lines = new ArrayList<>(lines(0, false));
    lines.addAll(lines(1, true));
    Path input = Files.write(folder.resolve("in.jsonl"), lines);
    Dataset<Row> keyed = keyed(input);
    Waves waves = new Waves(2 * CORES, CORES);
    Shards shards =
        Shards.of(keyed, config(), new Prompts(TEMPLATE, List.of("text"), TOKENIZER), waves);
    Dataset<Row> spread = shards.spread(keyed);

    assertThat(spread.schema()).isEqualTo(keyed.schema());
    assertThat(spread.rdd().getNumPartitions()).isEqualTo(waves.shards());
    Comparator<Integer> longestFirst = Comparator.reverseOrder();
    for (int shard = 0; shard < waves.shards(); shard++) {
      List<Integer> bytes = bytes(spread, shard);
      assertThat(bytes.stream().sorted(longestFirst).toList().equals(bytes))
          .as("whether shard %d, %s, is sorted", shard, bytes)
          .isEqualTo(shard >= waves.firstOfLast());
    }
  }

  private static List<Integer> bytes(Dataset<Row> spread, int shard) {
    return spread.where(spark_partition_id().equalTo(shard)).collectAsList().stream()
        .map(row -> ((byte[]) row.getAs(TaskInput.templateColumn("text"))).length)
        .toList();
  }

  /** A hundred times the tokens: seven times the rows, each some fifteen times as long. */
  private static List<String> lines(int file, boolean isLong) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < (isLong ? 7 * ROWS_PER_FILE : ROWS_PER_FILE); i++) {
      String text = "strike " + i + " pay rise in Stanport".repeat(isLong ? 60 : 1);
      lines.add("{\"id\": \"" + file + "-" + i + "\", \"text\": \"" + text + "\"}");
    }
    return lines;
  }

  /** Prompt and new tokens by id: the simulated time of a row. */
  private Map<String, Double> tokensOnTheNoopDevice(Path input) {
    Path output = folder.resolve("out");
    TestJob.Result result =
        TestJob.run(
            generate(
                input,
                output,
                "--device=sim:noop",
                "--prompt=" + TEMPLATE,
                "--id-col=id",
                "--input-format=jsonl"));
    assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
    Map<String, Double> tokens = new HashMap<>();
    for (Row row :
        TestJob.data(output)
            .selectExpr("id", "prompt_tokens + completion_tokens")
            .collectAsList()) {
      tokens.put(row.getString(0), (double) row.getInt(1));
    }
    return tokens;
  }

  private static double[] times(Dataset<Row> spread, Map<String, Double> tokens) {
    double[] times = new double[spread.rdd().getNumPartitions()];
    for (Row row : spread.select(spark_partition_id(), col(TaskInput.ID)).collectAsList()) {
      times[row.getInt(0)] += tokens.getOrDefault(row.getString(1), Double.NaN);
    }
    return times;
  }

  private static Dataset<Row> keyed(Path input) {
    Dataset<Row> rows = TestJob.spark().read().json(input.toString());
    InputColumns columns =
        InputColumns.find(rows.schema(), Set.of("text"), List.of("id"), List.of(), List.of());
    return PreparedInput.withKeys(PreparedInput.withIds(rows, columns), columns, "fingerprint");
  }

  private static DrexConfig config() {
    return DrexConfig.of(Map.of(ConfigKeys.MAX_NEW_TOKENS.sparkKey(), "12"));
  }
}
