package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.spark.journal.EngineReading;
import io.drex.spark.storage.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Writes what describes an output: metrics, report, and last the manifest. */
public final class Documents {
  private final SparkSession spark;
  private final OutputLayout layout;
  private final Configuration hadoop;

  public Documents(SparkSession spark, OutputLayout layout) {
    this.spark = spark;
    this.layout = layout;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** The engines of a run, once its journal is compacted. */
  public List<EngineReading> engines(String runId) {
    try {
      return new EngineLog(layout, hadoop).read(runId);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + layout.run(runId), e);
    }
  }

  /** The table is not complete any more, or not yet. */
  public void withdrawManifest() {
    try {
      layout.manifest().getFileSystem(hadoop).delete(layout.manifest(), false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + layout.manifest(), e);
    }
  }

  /**
   * Writes all documents; the manifest comes last.
   *
   * @param summary lines for the report
   */
  public void write(
      String runId,
      RunFigures run,
      RunCurves curves,
      List<Integer> exitDepths,
      List<String> summary,
      Manifest manifest) {
    try {
      MetricsTable.write(spark, layout, new EngineLog(layout, hadoop));
      String page = Report.html(runId, run, curves, exitDepths, summary);
      try (WholeFile file = WholeFile.replace(layout.report(), hadoop)) {
        file.stream().write(page.getBytes(StandardCharsets.UTF_8));
        file.publish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + layout.drex(), e);
    }
    ObjectNode document = manifest.json();
    JsonFile.replace(layout.manifest(), document, hadoop);
  }
}
