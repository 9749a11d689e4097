package io.drex.demo.train;

import ai.djl.ndarray.NDManager;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.Batches;
import io.drex.demo.recipe.Checkpoint;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.ModelWriter;
import io.drex.demo.recipe.Progress;
import io.drex.demo.recipe.Recipe;
import io.drex.demo.recipe.SampleReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run from a checkpoint to a model folder. Used by one thread, the one that called {@link
 * Torch#start}.
 */
final class TrainingRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
  private static final int LOG_EVERY = 50;
  private static final int VALIDATION_ARTICLES = 200;

  private final Recipe recipe;
  private final Limits limits;
  private final Path out;
  private final NDManager manager;
  private final FlatWeights layout;
  private final Replicas replicas;
  private final AdamW optimizer;
  private final Batches batches;
  private final List<Batch> unseen;
  private final Clock clock;
  private int step;
  private long tokens;

  /**
   * When to stop and when to look.
   *
   * @param stopAt the last step to run
   * @param validateEvery steps between validations, each with a checkpoint
   * @param threads threads that share a batch
   */
  record Limits(int stopAt, int validateEvery, int threads) {}

  TrainingRun(Recipe recipe, Limits limits, Path out, Checkpoint start, NDManager manager) {
    this.recipe = recipe;
    this.limits = limits;
    this.out = out;
    this.manager = manager;
    layout = new FlatWeights(recipe.shape());
    replicas = new Replicas(recipe, start.weights(), limits.threads(), manager);
    optimizer = new AdamW(replicas.weights(), layout.matrixSize(), start.mean(), start.variance());
    SampleReader reader = new SampleReader(out);
    batches = new Batches(recipe, reader, start.progress().next());
    unseen =
        Batches.ofSummaries(reader, ArticleGenerator.VALIDATION_FIRST, VALIDATION_ARTICLES, recipe);
    step = start.progress().step();
    tokens = start.progress().tokens();
    clock = Clock.goingOn(start.progress());
  }

  /** Trains to the last step and writes the folder. */
  void train() throws IOException {
    LOG.info(
        "Training {} weights from step {} to {} of {} planned",
        layout.size(),
        step,
        limits.stopAt(),
        recipe.schedule().steps());
    try (Curve curve = Curve.open(out, recipe.shape(), progress())) {
      while (step < limits.stopAt()) {
        Losses losses = step();
        double rate = recipe.schedule().learningRate(step);
        if (step == limits.stopAt() || step % limits.validateEvery() == 0) {
          Validation validation = Validation.of(replicas.first(), recipe.shape(), unseen);
          curve.add(progress(), rate, losses, validation);
          LOG.info("Step {}: {}; {}; unseen articles: {}", step, losses, clock, validation);
          save();
        } else if (step == 1 || step % LOG_EVERY == 0) {
          curve.add(progress(), rate, losses);
          LOG.info("Step {}: {}; {}", step, losses, clock);
        }
      }
    }
  }

  @Override
  public void close() {
    replicas.close();
  }

  private Losses step() {
    step++;
    Batch batch = batches.batch(step);
    Losses losses = replicas.differentiate(batch);
    try (NDManager scope = manager.newSubManager()) {
      optimizer.step(step, recipe.schedule().learningRate(step), scope);
    }
    replicas.share();
    int more = batch.tokens();
    tokens += more;
    clock.count(more);
    return losses;
  }

  private Progress progress() {
    return new Progress(step, tokens, batches.position(), clock.cpuSeconds(), clock.seconds());
  }

  private void save() throws IOException {
    float[] weights = replicas.weights().toFloatArray();
    new Checkpoint(progress(), weights, optimizer.mean(), optimizer.variance()).write(out);
    boolean masked = recipe.maskMax() > 0 && recipe.schedule().masks(step);
    ModelWriter.write(out, layout, weights, masked ? List.of("map", "copy") : List.of());
  }
}
