package io.drex.device.cuda.bench;

import io.drex.device.cuda.bench.Part.State;
import java.nio.file.Path;
import java.util.List;

/** Runs one stage in this process. */
final class StageProgram {
  /** Ended with where there is no GPU. */
  static final int NO_GPU = 5;

  private StageProgram() {}

  /**
   * @param arguments the stage, the file of its part, seconds that it has, the sizes; then names of
   *     test classes, if any
   */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[1]).toAbsolutePath();
    Output out = new Output(arguments[0], file, Double.parseDouble(arguments[2]));
    List<String> tests = List.of(arguments).subList(4, arguments.length);
    Path folder = file.resolveSibling("");
    Bench bench = new Bench(Sizes.named(arguments[3]), out, folder, tests);
    System.exit(run(Stage.named(arguments[0]), bench));
  }

  private static int run(Stage stage, Bench bench) {
    String missing = Devices.missing(Devices.STRICT);
    if (!missing.isEmpty()) {
      bench.out().ended(State.UNAVAILABLE, missing);
      bench.out().finish();
      return NO_GPU;
    }
    try {
      stage.run(bench);
    } catch (Exception | LinkageError | OutOfMemoryError e) { // all that is left is to say so
      e.printStackTrace();
      bench.out().ended(State.FAILED, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return bench.out().finish().isGood() ? 0 : 1;
  }
}
