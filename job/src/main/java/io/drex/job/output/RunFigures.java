package io.drex.job.output;

import io.drex.engine.EngineSnapshot;
import io.drex.spark.journal.EngineReading;
import java.util.List;

/**
 * What one run did, for manifest, report and summary.
 *
 * @param table the whole table's figures
 * @param retryable figures of the rows in {@code errors/}
 * @param engines newest reading of each engine of this run
 * @param generateSeconds of the generating action
 * @param totalSeconds of the whole run so far
 */
public record RunFigures(
    Rows rows,
    TableFigures table,
    TableFigures retryable,
    List<EngineReading> engines,
    double generateSeconds,
    double totalSeconds) {

  /**
   * What the run was to do.
   *
   * @param asked rows that it was asked for
   * @param computed rows that it had to compute
   * @param copied rows among those that took the result of an equal prompt's row
   */
  public record Rows(long asked, long computed, long copied) {}

  public RunFigures {
    engines = List.copyOf(engines);
  }

  /** Steps whose rows came from several tasks. */
  public long mixedSteps() {
    return engines.stream().mapToLong(engine -> engine.snapshot().mixedSteps()).sum();
  }

  /** All steps. */
  public long steps() {
    return engines.stream().mapToLong(engine -> engine.snapshot().steps()).sum();
  }

  /** Tokens that this run's engines generated since they were opened. */
  public long engineTokens() {
    return engines.stream().mapToLong(engine -> engine.snapshot().tokens()).sum();
  }

  /** Decoded tokens per second of device time spent decoding, summed over engines. */
  public double decodeTokensPerSecond() {
    double sum = 0;
    for (EngineReading engine : engines) {
      EngineSnapshot counters = engine.snapshot();
      long micros = counters.decodeMicros();
      sum += micros == 0 ? 0 : counters.decodeTokens() * 1e6 / micros;
    }
    return sum;
  }

  /** Tokens per second of the generating action; everything but start-up and compaction. */
  public double endToEndTokensPerSecond() {
    return generateSeconds <= 0 ? 0 : engineTokens() / generateSeconds;
  }

  /** Error rows over all rows, those that may pass included. */
  public double errorRate() {
    long rows = table.rows() + retryable.rows();
    return rows == 0 ? 0 : (double) (table.errorRows() + retryable.rows()) / rows;
  }
}
