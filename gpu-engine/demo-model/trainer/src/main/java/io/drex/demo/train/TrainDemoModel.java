package io.drex.demo.train;

import ai.djl.ndarray.NDManager;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.demo.recipe.Batches;
import io.drex.demo.recipe.Checkpoint;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.ModelShape;
import io.drex.demo.recipe.Recipe;
import io.drex.demo.recipe.SampleReader;
import io.drex.demo.recipe.Schedule;
import io.drex.demo.tokenizer.BpeTokenizer;
import io.drex.demo.tokenizer.BpeTrainer;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that trains the bundled model; its defaults are the shipped model's recipe. */
@Command(
    name = "train.sh",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = "Trains an early-exit model on the synthetic corpus and writes its folder.")
public final class TrainDemoModel implements Callable<Integer> {
  private static final int FAILURE = 1;
  private static final int TOKENIZER_ARTICLES = 20_000;

  @Option(names = "--out", required = true, description = "The model folder to write.")
  private Path out;

  @Option(
      names = "--steps",
      defaultValue = "3000",
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
      defaultValue = "4096",
      description = "Most tokens of a step, padding included.")
  private int batchTokens;

  @Option(names = "--lr", defaultValue = "3e-3", description = "Highest learning rate.")
  private double rate;

  @Option(names = "--layers", defaultValue = "8")
  private int layers;

  @Option(names = "--hidden", defaultValue = "192")
  private int hidden;

  @Option(names = "--heads", defaultValue = "6")
  private int heads;

  @Option(names = "--kv-heads", defaultValue = "2")
  private int kvHeads;

  @Option(names = "--ffn", defaultValue = "448")
  private int ffn;

  @Option(names = "--vocab", defaultValue = "1280", description = "Tokens to train.")
  private int vocab;

  @Option(
      names = "--ramps",
      split = ",",
      defaultValue = "1,3,5",
      description = "Depths at which the product exits.")
  private List<Integer> ramps;

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

  @Option(names = "--seed", defaultValue = "7")
  private long seed;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(
      names = "--validate-every",
      defaultValue = "250",
      description = "Steps between validations and checkpoints.")
  private int validateEvery;

  @Option(names = "--first-index", defaultValue = "0", description = "The first article's index.")
  private long firstIndex;

  /** Runs the command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new TrainDemoModel())
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  command.getErr().println("train.sh: " + failure);
                  return FAILURE;
                })
            .execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    writeTokenizer();
    Recipe recipe = recipe(Tokenizer.open(out).vocabSize());
    TrainingRun.Limits limits =
        new TrainingRun.Limits(stopAt == null ? steps : stopAt, validateEvery);
    Checkpoint start = start(recipe);
    try (NDManager manager = Torch.start(threads)) {
      new TrainingRun(recipe, limits, out, start, manager).train();
    }
    return 0;
  }

  private void writeTokenizer() throws IOException {
    if (resume != null) {
      if (!resume.toRealPath().equals(out.toRealPath())) {
        Files.copy(
            resume.resolve(BpeTokenizer.FILE),
            out.resolve(BpeTokenizer.FILE),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      return;
    }
    ArticleGenerator articles = new ArticleGenerator(0);
    BpeTrainer.train(
            articles.articles(firstIndex, firstIndex + TOKENIZER_ARTICLES).map(SampleReader::text),
            vocab)
        .write(out);
  }

  private Recipe recipe(int trainedVocab) {
    return new Recipe(
        new ModelShape(layers, hidden, heads, kvHeads, ffn, trainedVocab, ramps),
        new Schedule(steps, rate, maskFrom),
        batchTokens,
        rampWeights,
        articleWeight,
        articleShare,
        maskMax,
        seed,
        firstIndex);
  }

  private Checkpoint start(Recipe recipe) throws IOException {
    FlatWeights layout = new FlatWeights(recipe.shape());
    if (resume != null) {
      return Checkpoint.read(resume.resolve("checkpoint"), layout.size());
    }
    float[] weights = layout.initial(new SplittableRandom(seed));
    return new Checkpoint(
        0, 0, Batches.Position.START, weights, new float[layout.size()], new float[layout.size()]);
  }
}
