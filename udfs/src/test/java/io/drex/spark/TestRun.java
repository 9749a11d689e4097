package io.drex.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.drex.model.LoadedModel;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.journal.EngineReading;
import io.drex.spark.journal.JournalFiles;
import io.drex.spark.model.ModelCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a driver does around the tasks, in few lines, for tests. Executors load it for its lambdas,
 * so it keeps no session.
 */
final class TestRun {
  static final String NOOP = "sim:noop";

  private static final Configuration HADOOP = new Configuration();

  private final Map<String, String> entries = new HashMap<>();
  private final Path folder;
  private final String runId;
  private String template = "{text}\nSummary:";
  private String device = NOOP;
  private String implementation = "sim:noop-1";
  private StructType keep = new StructType();
  private boolean afterCrash;
  final ProgressCounters progress = ProgressCounters.register(LocalSpark.session().sparkContext());

  /**
   * @param folder of this test, where models and journals go
   */
  TestRun(Path folder, String runId) {
    this.folder = folder;
    this.runId = runId;
    set("spark.drex.model.model", "bundled:");
    set("spark.drex.model.modelCache", folder.resolve("models").toString());
    set("spark.drex.sampling.maxNewTokens", "24");
  }

  TestRun set(String key, String value) {
    entries.put(key, value);
    return this;
  }

  TestRun device(String name, String itsImplementation) {
    device = name;
    implementation = itsImplementation;
    return this;
  }

  TestRun template(String text) {
    template = text;
    return this;
  }

  TestRun keep(StructType columns) {
    keep = columns;
    return this;
  }

  TestRun afterCrash() {
    afterCrash = true;
    return this;
  }

  LoadedModel model() {
    return ModelCache.of(config(), HADOOP).stage(config()).load();
  }

  GenerateSpec spec() {
    set("spark.drex.engine.device", device);
    return new GenerateSpec(
        runId,
        "fingerprint-1",
        entries,
        template,
        List.of("text"),
        keep,
        journal().toUri().toString(),
        model().contentHash(),
        implementation,
        afterCrash);
  }

  DrexConfig config() {
    return DrexConfig.of(entries);
  }

  /** The columns of the tasks: {@code rows} has the columns id, text and those to keep. */
  Dataset<Row> input(Dataset<Row> rows) {
    UserDefinedFunction key =
        udf(
            (UDF2<String, String, byte[]>)
                (id, text) -> RowKey.of("fingerprint-1", id, Arrays.asList(text)),
            DataTypes.BinaryType);
    Column[] kept = Arrays.stream(keep.fieldNames()).map(name -> col(name)).toArray(Column[]::new);
    Column[] columns = new Column[3 + kept.length];
    columns[0] = key.apply(col("id"), col("text").cast("string")).as(TaskInput.KEY);
    columns[1] = col("id").as(TaskInput.ID);
    columns[2] = TaskInput.templateValue(col("text")).as(TaskInput.templateColumn("text"));
    System.arraycopy(kept, 0, columns, 3, kept.length);
    return rows.select(columns);
  }

  List<TaskReport> generate(Dataset<Row> rows, int shards) {
    return run(new GenerateTask(spec(), progress), rows, shards);
  }

  List<TaskReport> generateWith(GenerateTask.Engines engines, Dataset<Row> rows, int shards) {
    return run(new GenerateTask(spec(), progress, engines), rows, shards);
  }

  List<TaskReport> run(MapPartitionsFunction<Row, TaskReport> task, Dataset<Row> rows, int shards) {
    return input(rows)
        .repartition(shards, col(TaskInput.KEY))
        .mapPartitions(task, TaskReport.encoder())
        .collectAsList();
  }

  org.apache.hadoop.fs.Path journal() {
    return new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path(folder.toUri()), "journal");
  }

  List<org.apache.hadoop.fs.Path> files() throws IOException {
    return JournalFiles.listRun(HADOOP, JournalFiles.runFolder(journal(), runId));
  }

  Dataset<Row> output() throws IOException {
    String[] paths = files().stream().map(Object::toString).toArray(String[]::new);
    return LocalSpark.session().read().schema(OutputSchema.with(keep)).parquet(paths);
  }

  EngineReading engine() throws IOException {
    Map<String, EngineReading> readings = JournalFiles.engineReadings(HADOOP, files());
    if (readings.size() != 1) {
      throw new AssertionError("one engine, not " + readings.keySet());
    }
    return readings.values().iterator().next();
  }
}
