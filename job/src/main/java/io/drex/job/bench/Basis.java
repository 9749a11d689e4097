package io.drex.job.bench;

import java.util.Locale;

/** What a figure rests on; every column says it. */
enum Basis {
  /** The scheduler ran, on a simulated device: times are modelled, and so is who is confident. */
  MODELLED,
  /** Taken on the machine that made the table. */
  MEASURED,
  /** By the authors of DREX, from their own result files. */
  PUBLISHED;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
