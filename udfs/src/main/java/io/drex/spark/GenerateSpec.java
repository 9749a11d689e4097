package io.drex.spark;

import io.drex.spark.conf.DrexConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.StructType;

/**
 * What the driver tells every task of a run.
 *
 * @param runId names the run and its folder in the journal
 * @param fingerprint hash of everything that changes results
 * @param configEntries {@code spark.drex.*} entries as set; see {@link DrexConfig#entries}
 * @param template the prompt template's text
 * @param templateColumns the columns that the template names, in the order of the input's columns
 * @param keep pass-through columns
 * @param journalDir Hadoop URI of the journal, {@code <output>/_drex/journal}
 * @param modelHash the model that the driver fingerprinted; an executor with another one refuses
 * @param implementation the device implementation that the driver fingerprinted; likewise
 * @param afterCrash whether the run before died with the process in which its tasks ran, so that
 *     these write down what they submit
 */
public record GenerateSpec(
    String runId,
    String fingerprint,
    Map<String, String> configEntries,
    String template,
    List<String> templateColumns,
    StructType keep,
    String journalDir,
    String modelHash,
    String implementation,
    boolean afterCrash)
    implements Serializable {

  public GenerateSpec {
    configEntries = Map.copyOf(configEntries);
    templateColumns = List.copyOf(templateColumns);
  }

  /** The columns of the rows that tasks are given. */
  public StructType input() {
    return TaskInput.schema(templateColumns, RowSampling.columns(config()), keep);
  }

  /** The configuration that the entries make. */
  public DrexConfig config() {
    return DrexConfig.of(configEntries);
  }
}
