package io.drex.job.output;

import java.util.List;

/**
 * What a report shows beside a run's figures.
 *
 * @param speeds generated tokens per second over the run's time
 * @param confidences of the whole table, by exit depth; empty without token statistics
 */
public record RunCurves(List<Pace.Reading> speeds, List<ConfidenceFigures> confidences) {
  public RunCurves {
    speeds = List.copyOf(speeds);
    confidences = List.copyOf(confidences);
  }
}
