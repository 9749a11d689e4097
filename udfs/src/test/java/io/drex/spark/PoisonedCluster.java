package io.drex.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.PoisonedEngines;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A driver with executors of its own, whose engines do not survive some of the rows. Arguments: the
 * folder to work in, what poison does, and numbers of rows that are poison.
 */
final class PoisonedCluster {
  static final int ROWS = 120;
  static final String RUN = "run-1";

  private static final Map<String, PoisonedEngines> ENGINES =
      Map.of(
          "halt", new PoisonedEngines(() -> Runtime.getRuntime().halt(139)),
          "lose", new PoisonedEngines(PoisonedEngines::lose));

  private PoisonedCluster() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    String effect = arguments[1];
    SparkSession spark = // before TestRun takes the session that there is
        SparkSession.builder()
            .master("local-cluster[2,2,1024]")
            .appName("poisoned")
            .config("spark.plugins", DrexPlugin.class.getName())
            .config("spark.task.maxFailures", 8)
            .config("spark.sql.shuffle.partitions", 2)
            .getOrCreate();
    int[] poison = new int[arguments.length - 2];
    for (int i = 0; i < poison.length; i++) {
      poison[i] = Integer.parseInt(arguments[i + 2]);
    }
    run(folder).generateWith(() -> holder(effect), rows(spark, poison), 4);
    spark.stop();
  }

  static TestRun run(Path folder) {
    return new TestRun(folder, RUN)
        .set("spark.drex.engine.measureMillis", "0")
        .set("spark.drex.run.windowRows", "16");
  }

  static Dataset<Row> rows(SparkSession spark, int... poison) {
    Column isPoison = lit(false);
    for (int row : poison) {
      isPoison = isPoison.or(col("id").equalTo(row));
    }
    return spark
        .range(ROWS)
        .select(
            concat(lit("row-"), col("id")).as("id"),
            concat(
                    when(isPoison, PoisonedEngines.POISON).otherwise("The"),
                    lit(" cat number "),
                    col("id"),
                    lit(" sat on a mat."))
                .as("text"));
  }

  private static EngineHolder holder(String effect) {
    PoisonedEngines engines = ENGINES.get(effect);
    if (engines == null) {
      throw new IllegalArgumentException(effect);
    }
    return engines.holder();
  }
}
