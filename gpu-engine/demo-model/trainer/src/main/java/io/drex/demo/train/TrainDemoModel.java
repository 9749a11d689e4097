package io.drex.demo.train;

import ai.djl.ndarray.NDManager;
import io.drex.demo.recipe.Checkpoint;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.LossMix;
import io.drex.demo.recipe.Recipe;
import io.drex.demo.recipe.SampleReader;
import io.drex.demo.recipe.Schedule;
import io.drex.demo.recipe.ShapeOptions;
import io.drex.demo.tokenizer.BpeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command that trains the bundled model; its defaults are the recipe of docs/demo-model.md. */
@Command(
    name = "train.sh",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Trains an early-exit model on the synthetic corpus and writes its folder.")
public final class TrainDemoModel implements Callable<Integer> {
  private static final int FAILURE = 1;

  @Spec private CommandSpec spec;

  @Option(names = "--out", required = true, description = "The model folder to write.")
  private Path out;

  @Option(
      names = "--steps",
      defaultValue = "12000",
      description = "Planned steps, the cosine's length.")
  private int steps;

  @Option(names = "--stop-at", description = "Stop after this step; default: --steps.")
  private @Nullable Integer stopAt;

  @Option(
      names = "--resume",
      description = "Go on from the checkpoint of this model folder, with the same options.")
  private @Nullable Path resume;

  @Option(
      names = "--batch-tokens",
      defaultValue = "2048",
      description = "Most positions of a step, padding included.")
  private int batchTokens;

  @Option(names = "--lr", defaultValue = "3e-3", description = "Highest learning rate.")
  private double rate;

  @Mixin private ShapeOptions shape;

  @Option(
      names = "--ramp-weights",
      split = ",",
      defaultValue = ".1,.2,.3",
      description = "Weight of each ramp's summary loss.")
  private List<Double> rampWeights;

  @Option(
      names = "--article-weight",
      defaultValue = ".15",
      description = "Weight of the article loss.")
  private double articleWeight;

  @Option(
      names = "--article-share",
      defaultValue = ".25",
      description = "Share of article positions that pay it.")
  private double articleShare;

  @Option(
      names = "--mask-from",
      defaultValue = ".5",
      description = "Share of the planned steps before state-copy masking; 1 = never.")
  private double maskFrom;

  @Option(
      names = "--mask-max",
      defaultValue = ".5",
      description = "Largest share of a sequence's summary positions that exit in training.")
  private double maskMax;

  @Option(names = "--seed", defaultValue = "7", description = "Of weights, order and draws.")
  private long seed;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads that share a batch; another number changes the last bits.")
  private int threads;

  @Option(
      names = "--validate-every",
      defaultValue = "250",
      description = "Steps between validations, each with a checkpoint.")
  private int validateEvery;

  @Option(names = "--first-index", defaultValue = "0", description = "The first article's index.")
  private long firstIndex;

  /** Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs the command and returns its exit code. */
  static int run(String... args) {
    return new CommandLine(new TrainDemoModel())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("train.sh: " + failure);
              return FAILURE;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    if (threads < 1 || validateEvery < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads and --validate-every must be at least 1");
    }
    Files.createDirectories(out);
    Recipe recipe = recipe(tokenizer().vocab());
    int last = stopAt == null ? steps : stopAt;
    var limits = new TrainingRun.Limits(last, validateEvery, threads);
    try (NDManager manager = Torch.start();
        TrainingRun run = new TrainingRun(recipe, limits, out, start(recipe), manager)) {
      run.train();
    }
    return 0;
  }

  private SampleReader tokenizer() throws IOException {
    if (resume == null) {
      return SampleReader.train(out, firstIndex, shape);
    }
    if (!resume.toRealPath().equals(out.toRealPath())) {
      for (String file : List.of(BpeTokenizer.FILE, Curve.FILE)) {
        Files.copy(resume.resolve(file), out.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return new SampleReader(out);
  }

  private Recipe recipe(int vocab) {
    try {
      return new Recipe(
          shape.shape(vocab),
          new Schedule(steps, rate, maskFrom),
          new LossMix(rampWeights, articleWeight, articleShare),
          batchTokens,
          maskMax,
          seed,
          firstIndex);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Checkpoint start(Recipe recipe) throws IOException {
    FlatWeights layout = new FlatWeights(recipe.shape());
    return resume == null
        ? Checkpoint.start(layout.initial(new SplittableRandom(seed)))
        : Checkpoint.read(resume, layout.size());
  }
}
