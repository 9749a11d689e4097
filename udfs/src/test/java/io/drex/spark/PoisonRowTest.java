package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.PoisonedEngines;
import io.drex.spark.suspect.SuspectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E16: rows that kill engines, where the JVM goes on. */
class PoisonRowTest {
  private static final StructType TEXTS =
      new StructType().add("id", "string").add("text", "string");

  /** What the tasks of this JVM work with. */
  private static PoisonedEngines engines = new PoisonedEngines(PoisonedEngines::lose);

  @TempDir Path folder;

  @AfterEach
  void close() {
    assertThat(engines.holder().memory().getAllocatedMemory()).isZero();
    engines.holder().closeEngines();
  }

  @Test
  void onlyThePoisonRowFailsAndAllOthersGiveTheirBytes() throws IOException {
    TestRun run = run("run-1", PoisonedEngines::lose);
    List<TaskReport> reports = generate(run, rows(200, 117), 4);
    assertThat(errors(run)).containsOnlyKeys("row-117");
    assertThat(errors(run).get("row-117"))
        .isEqualTo(
            "ENGINE_FAULT true the engine was lost while the row ran, and again while it ran alone;"
                + " a later run tries it alone once more");
    assertThat(hashes(run)).isEqualTo(reference(200, 117));
    assertThat(reports.stream().map(TaskReport::counts).mapToLong(TaskReport.Counts::rows).sum())
        .isEqualTo(200);
    assertThat(engines.opened()).as("lost twice").isEqualTo(3);
    assertThat(suspectFiles()).containsExactly("convicted-" + key("row-117", 117, true) + "-run-1");
  }

  @Test
  void severalPoisonRowsOfOneShardFailEachForItself() throws IOException {
    TestRun run = run("run-1", PoisonedEngines::lose);
    generate(run, rows(40, 3, 4, 33), 1);
    assertThat(errors(run)).containsOnlyKeys("row-3", "row-4", "row-33");
    assertThat(hashes(run)).isEqualTo(reference(40, 3, 4, 33));
    assertThat(engines.opened()).as("together, then each alone").isBetween(5, 6);
  }

  @Test
  void aLaterRunTriesAConvictedRowAloneFromTheStart() throws IOException {
    generate(run("run-1", PoisonedEngines::lose), rows(60, 7), 2);

    TestRun second = run("run-2", PoisonedEngines::lose);
    generate(second, rows(60, 7), 2);
    assertThat(errors(second)).containsOnlyKeys("row-7");
    assertThat(engines.opened()).as("lost once, with the row alone").isEqualTo(2);

    TestRun healed = run("run-3", () -> {});
    generate(healed, rows(60, 7), 2);
    assertThat(errors(healed)).isEmpty();
    assertThat(hashes(healed)).hasSize(60);
    assertThat(suspectFiles()).isEmpty();
  }

  @Test
  void aRowWithWhichAProcessDiedAloneIsNotRunAgain() throws IOException {
    TestRun run = run("run-1", PoisonedEngines::lose);
    String key = key("row-7", 7, true);
    Files.createDirectories(suspects());
    Files.createFile(suspects().resolve("alone-" + key));
    generate(run, rows(60, 7), 2);
    assertThat(errors(run)).containsOnlyKeys("row-7");
    assertThat(engines.opened()).isEqualTo(1);
    assertThat(hashes(run)).isEqualTo(reference(60, 7));

    Files.createFile(suspects().resolve("alone-" + key("row-8", 8, false)));
    SuspectFiles.beside(run.journal(), new Configuration()).settle();
    assertThat(suspectFiles())
        .as("what the next run is to know")
        .containsExactly("convicted-" + key + "-run-1");
  }

  @Test
  void rowsThatWereInFlightWhenAProcessDiedRunAlone() throws IOException {
    TestRun run = run("run-2", PoisonedEngines::lose);
    Files.createDirectories(suspects());
    Files.writeString(
        suspects().resolve("together-run-1-0-17-0"),
        key("row-6", 6, false) + "\n" + key("row-7", 7, true) + "\nhalf a key");
    generate(run, rows(60, 7), 1);
    assertThat(errors(run)).containsOnlyKeys("row-7");
    assertThat(engines.opened()).as("lost once, with the row alone").isEqualTo(2);
    assertThat(hashes(run)).isEqualTo(reference(60, 7));
  }

  @Test
  void afterACrashRowsAreWrittenDownBeforeTheyAreInFlight() throws IOException {
    Set<String> writtenDown = new ConcurrentSkipListSet<>();
    TestRun run =
        run(
            "run-1",
            () -> {
              writtenDown.addAll(keysWrittenDown());
              PoisonedEngines.lose();
            });
    run.afterCrash().generateWith(PoisonRowTest::holder, rows(200, 150), 1);
    assertThat(errors(run)).containsOnlyKeys("row-150");
    assertThat(writtenDown).contains(key("row-150", 150, true)).hasSizeLessThan(130);
    assertThat(suspectFiles()).allMatch(name -> name.startsWith("convicted-"));
  }

  @Test
  void aTaskThatEndsInALivingProcessAccusesNobody() throws IOException {
    TestRun run = run("run-1", () -> {}).afterCrash();
    GenerateTask task = new GenerateTask(run.spec(), run.progress, PoisonRowTest::holder);
    assertThatThrownBy(
            () ->
                run.run(
                    (MapPartitionsFunction<Row, TaskReport>)
                        shard -> task.call(failingAfter(shard, 70)),
                    rows(200),
                    1))
        .hasMessageContaining("injected");
    assertThat(suspectFiles()).isEmpty();
  }

  private static Iterator<Row> failingAfter(Iterator<Row> rows, int count) {
    return new Iterator<>() {
      private int seen;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        if (++seen > count) {
          throw new IllegalStateException("injected");
        }
        return rows.next();
      }
    };
  }

  @Test
  void aFirstAttemptWritesNothingDown() throws IOException {
    TestRun run = run("run-1", () -> {});
    generate(run, rows(100), 2);
    assertThat(suspects()).doesNotExist();
  }

  @Test
  void aDeviceOnWhichNothingRunsFailsTheTask() {
    TestRun run = run("run-1", PoisonedEngines::lose);
    int[] all = IntStream.range(0, 30).toArray();
    assertThatThrownBy(() -> generate(run, rows(30, all), 1))
        .hasMessageContaining("EngineException: the engine was lost while a row ran alone in it")
        .hasMessageContaining("8 engines in a row");
  }

  private TestRun run(String runId, Runnable effect) {
    engines.holder().closeEngines();
    engines = new PoisonedEngines(effect);
    return new TestRun(folder, runId).set("spark.drex.engine.measureMillis", "0");
  }

  private static List<TaskReport> generate(TestRun run, Dataset<Row> rows, int shards) {
    return run.generateWith(PoisonRowTest::holder, rows, shards);
  }

  private static EngineHolder holder() {
    return engines.holder();
  }

  /** The same rows on engines that take no harm, without those that are poison. */
  private Map<String, String> reference(int rows, int... poison) throws IOException {
    TestRun calm = new TestRun(folder.resolve("calm"), "calm");
    calm.generate(rows(rows, poison), 2);
    Map<String, String> hashes = hashes(calm);
    IntStream.of(poison).forEach(row -> hashes.remove("row-" + row));
    return hashes;
  }

  private static Dataset<Row> rows(int count, int... poison) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      int number = row;
      boolean isPoison = IntStream.of(poison).anyMatch(one -> one == number);
      rows.add(RowFactory.create("row-" + row, text(row, isPoison)));
    }
    return LocalSpark.session().createDataFrame(rows, TEXTS);
  }

  private static String text(int row, boolean isPoison) {
    return (isPoison ? PoisonedEngines.POISON : "The") + " cat number " + row + " sat on a mat.";
  }

  private static String key(String id, int row, boolean isPoison) {
    return HexFormat.of()
        .formatHex(RowKey.of("fingerprint-1", id, Arrays.asList(text(row, isPoison))));
  }

  private Path suspects() {
    return folder.resolve("suspects");
  }

  private List<String> suspectFiles() throws IOException {
    try (Stream<Path> files = Files.list(suspects())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private List<String> keysWrittenDown() {
    List<String> keys = new ArrayList<>();
    try {
      for (String name : suspectFiles()) {
        if (name.startsWith("together-")) {
          keys.addAll(Files.readAllLines(suspects().resolve(name)));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return keys;
  }

  private static Map<String, String> hashes(TestRun run) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    for (Row row : run.output().filter("error is null").collectAsList()) {
      assertThat(hashes.put(row.getAs("id"), row.getAs("output_sha256"))).isNull();
    }
    return hashes;
  }

  private static Map<String, String> errors(TestRun run) throws IOException {
    Map<String, String> errors = new TreeMap<>();
    for (Row row : run.output().filter("error is not null").collectAsList()) {
      Row error = row.getAs("error");
      String text = error.getString(0) + " " + error.getBoolean(2) + " " + error.getString(1);
      assertThat(errors.put(row.getAs("id"), text)).isNull();
    }
    return errors;
  }
}
