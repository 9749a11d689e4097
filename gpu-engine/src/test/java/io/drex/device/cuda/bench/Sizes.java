package io.drex.device.cuda.bench;

import io.drex.device.cuda.BenchGpu.Effort;
import java.util.Arrays;
import java.util.List;

/**
 * How much is measured: in full on a GPU, or as little as shows that all of it works.
 *
 * @param text name on the command line
 * @param effort for a figure of a single kernel
 * @param models synthetic ones, whose steps and kernels are measured; exits and peers take the
 *     first
 * @param batches of decode steps and kernels, beside the largest that fits
 * @param largest batch that is tried
 * @param context of decode steps
 * @param steps of a repeat
 * @param repeats of figures of whole models
 * @param gemmRows rows of linear layers
 * @param square outputs, inputs and rows of the product that tells the matrix rate
 * @param copyBytes of a copy that tells the device's copy rate
 * @param pinnedBytes of a copy to or from the host
 * @param prompts of prefill calls
 * @param exits workload of the table of exits; ramps at a quarter of the layers get half of it
 * @param exitRates shares of the rows meeting a ramp that leave there, the most telling first
 * @param measureMillis that engines may measure the device for before they serve
 * @param peers workload that peers complete, too
 * @param outputs lengths of the peers' completions, unless the command line has others
 * @param suite classes of tests
 * @param sanitized those that run under compute-sanitizer
 */
record Sizes(
    String text,
    Effort effort,
    List<String> models,
    List<Integer> batches,
    int largest,
    int context,
    int steps,
    int repeats,
    List<Integer> gemmRows,
    int square,
    long copyBytes,
    long pinnedBytes,
    List<Prompts> prompts,
    Load exits,
    List<Double> exitRates,
    int measureMillis,
    Load peers,
    List<Integer> outputs,
    List<String> suite,
    List<String> sanitized) {

  /** A call of so many prompts of one length. */
  record Prompts(int sequences, int tokens) {}

  /**
   * Requests of one size.
   *
   * @param slots of the engine
   * @param newTokens of each
   */
  record Load(int slots, int requests, int promptTokens, int newTokens) {}

  static final Sizes FULL =
      new Sizes(
          "full",
          new Effort(32, 3000, 256L << 20, 5),
          List.of("synthetic:llama-2-7b", "synthetic:llama-2-13b", "synthetic:llama-3.1-8b"),
          List.of(1, 8, 32, 128),
          256,
          1024,
          8,
          3,
          List.of(1, 8, 32, 128, 512, 2048),
          8192,
          2L << 30,
          256L << 20,
          List.of(new Prompts(1, 2048), new Prompts(4, 1024)),
          new Load(64, 128, 256, 128),
          List.of(.5, .7, .85, .3),
          1000,
          new Load(64, 64, 512, 128),
          List.of(128),
          GpuTests.ALL,
          GpuTests.SHORT);

  static final Sizes TINY =
      new Sizes(
          "tiny",
          new Effort(1, 0, 0, 3),
          List.of("synthetic:tiny"),
          List.of(1, 3),
          4,
          20,
          1,
          3,
          List.of(1, 40),
          64,
          1 << 16,
          1 << 16,
          List.of(new Prompts(1, 24), new Prompts(2, 9)),
          new Load(2, 3, 5, 5),
          List.of(.5),
          1,
          new Load(2, 2, 6, 4),
          List.of(2, 4),
          GpuTests.ONE,
          GpuTests.ONE);

  /**
   * The sizes of a name.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Sizes named(String text) {
    return Arrays.stream(new Sizes[] {FULL, TINY})
        .filter(sizes -> sizes.text.equals(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("--size is full or tiny, not '" + text + "'"));
  }

  /** Rows of a prefill call, and of the engine's prompt chunks. */
  int promptRows() {
    return prompts.stream().mapToInt(call -> call.sequences() * call.tokens()).max().orElse(1);
  }
}
