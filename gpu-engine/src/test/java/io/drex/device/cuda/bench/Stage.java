package io.drex.device.cuda.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured, each in a process of its own; in the order of the report. */
enum Stage {
  FACTS(40, FactsStage::run),
  SUITE(90, SuiteStage::run),
  KERNELS(80, KernelsStage::run),
  STEPS(170, StepsStage::run),
  EXITS(160, ExitsStage::run),
  TORCH(60, PeersStage::torchRates),
  PEERS(240, PeersStage::run),
  SANITIZER(90, SanitizerStage::run);

  /** What one command runs that names none: all that it has time for. */
  static final List<Stage> FIRST = List.of(FACTS, SUITE, KERNELS, STEPS, EXITS);

  private final int seconds;
  private final Work work;

  Stage(int seconds, Work work) {
    this.seconds = seconds;
    this.work = work;
  }

  /** What a stage does. */
  interface Work {
    void run(Bench bench) throws Exception;
  }

  /** Most seconds that it takes, unless the command line says otherwise. */
  int seconds() {
    return seconds;
  }

  /** The name on the command line. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  void run(Bench bench) throws Exception {
    work.run(bench);
  }

  /**
   * The stage of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Stage named(String text) {
    return Arrays.stream(values())
        .filter(stage -> stage.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no stage '"
                        + text
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(Stage::text)
                            .collect(Collectors.joining(", "))));
  }
}
