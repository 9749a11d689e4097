package io.drex.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.sim.Trace;
import io.drex.engine.Backends;
import io.drex.spark.trace.TraceFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedTraceTest {
  private static final SparkSession SPARK = LocalSpark.session();
  private static final Configuration HADOOP = SPARK.sparkContext().hadoopConfiguration();
  private static final int ROWS = 12;

  @TempDir Path folder;

  @Test
  void aRunReplayedFromItsFilesLeavesAndEndsAsItDid() throws IOException {
    TestRun recorded = run("recorded").set("spark.drex.output.recordTrace", "true");
    recorded.generate(prompts(), 2);
    String files = recorded.files().get(0).getParent().toString();
    Trace trace = TraceFiles.read(files, HADOOP);
    assertThat(trace.sequences()).hasSize(ROWS);

    String replaying = Backends.replaying(Backends.select("cpu:scalar"), trace).implementation();
    TestRun replayed =
        run("replayed").device("cpu:scalar", replaying).set("spark.drex.engine.trace", files);
    replayed.generate(prompts(), 1);

    assertThat(depths(replayed)).isEqualTo(depths(recorded)).hasSize(ROWS);
    assertThat(replayed.output().filter(col("ramp_trace").isNotNull()).count()).isZero();
  }

  @Test
  void aTraceOfTwoColumnsThatSparkWroteIsAsGood() throws IOException {
    TestRun recorded = run("recorded").set("spark.drex.output.recordTrace", "true");
    recorded.generate(prompts(), 2);
    String copy = folder.resolve("copy").toString();
    recorded.output().select("completion_tokens", "ramp_trace").write().parquet(copy);
    assertThat(TraceFiles.read(copy, HADOOP).hash())
        .isEqualTo(TraceFiles.read(recorded.files().get(0).getParent().toString(), HADOOP).hash());
  }

  @Test
  void saysWhatIsWrongWithATrace() throws IOException {
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> TraceFiles.read(absent.toString(), HADOOP))
        .isInstanceOf(IOException.class)
        .hasMessage("trace " + absent + " does not exist");
    TestRun unrecorded = run("unrecorded");
    unrecorded.generate(prompts(), 1);
    String file = unrecorded.files().get(0).toString();
    assertThatThrownBy(() -> TraceFiles.read(file, HADOOP))
        .hasMessage(
            "trace " + file + " has no recorded row; record one by generate --record-trace");
    Path other = folder.resolve("other");
    SPARK.range(1).write().parquet(other.toString());
    assertThatThrownBy(() -> TraceFiles.read(other.toString(), HADOOP))
        .hasMessageEndingWith(".parquet has no column completion_tokens");
    Path garbled = Files.writeString(folder.resolve("garbled.parquet"), "not Parquet at all");
    assertThatThrownBy(() -> TraceFiles.read(garbled.toString(), HADOOP))
        .hasMessageStartingWith("trace file:" + garbled + " is no Parquet file: ");
  }

  @Test
  void refusesRowsThatDoNotFitTogether() {
    String row = "named_struct('sequence_key', 1L, 'ramp_confidences', %s)";
    assertThatThrownBy(() -> TraceFiles.read(written(row, 2, "array(array(0.5F, 0.6F))"), HADOOP))
        .hasMessageEndingWith(
            "has a row with 2 readings of a ramp where its completion_tokens ask for 1");
    String oneRamp = row.formatted("array(array(0.5F))");
    String twoRamps = row.formatted("array(array(0.5F), array(0.6F))");
    String both = "explode(array(" + oneRamp + ", " + twoRamps + "))";
    assertThatThrownBy(() -> TraceFiles.read(written(both, 2, ""), HADOOP))
        .hasMessageEndingWith("has rows of 1 and of 2 ramps; take those of one run");
  }

  private String written(String rampTrace, int tokens, String confidences) {
    String file = folder.resolve("written-" + rampTrace.hashCode()).toString();
    SPARK
        .range(1)
        .coalesce(1)
        .selectExpr(
            tokens + " as completion_tokens",
            (confidences.isEmpty() ? rampTrace : rampTrace.formatted(confidences))
                + " as ramp_trace")
        .write()
        .parquet(file);
    return file;
  }

  private TestRun run(String name) {
    return new TestRun(folder.resolve(name), "run-1").set("spark.drex.output.tokenStats", "true");
  }

  private static Map<String, List<Short>> depths(TestRun run) throws IOException {
    Map<String, List<Short>> depths = new TreeMap<>();
    for (Row row : run.output().select("id", "token_depths").collectAsList()) {
      depths.put(row.getString(0), row.getList(1));
    }
    return depths;
  }

  private static Dataset<Row> prompts() {
    return SPARK
        .range(ROWS)
        .select(
            concat(lit("row-"), col("id")).as("id"),
            concat(lit("The cat number "), col("id"), lit(" sat on a mat.")).as("text"));
  }
}
