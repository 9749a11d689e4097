package io.drex.demo.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.sun.management.OperatingSystemMXBean;
import io.drex.demo.corpus.ArticleGenerator;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.Batches;
import io.drex.demo.recipe.Checkpoint;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.ModelWriter;
import io.drex.demo.recipe.Recipe;
import io.drex.demo.recipe.SampleReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run from a checkpoint or from fresh weights to a model folder. Used by one thread, the one
 * that called {@link Torch#start}.
 */
final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
  private static final int LOG_EVERY = 50;
  private static final int VALIDATION_ARTICLES = 200;
  private static final double NANOS = 1e9;

  private final Recipe recipe;
  private final FlatWeights layout;
  private final Limits limits;
  private final Path out;
  private final NDManager manager;
  private final Llama llama;
  private final NDArray flat;
  private final AdamW optimizer;
  private final Batches batches;
  private final List<Batch> unseen;
  private final long startNanos = System.nanoTime();
  private final double startCpuSeconds = cpuSeconds();
  private final long startTokens;
  private int step;
  private long tokens;
  private Batches.Position next;

  /**
   * When to stop and when to look.
   *
   * @param stopAt the last step to run
   * @param validateEvery steps between validations and checkpoints
   */
  record Limits(int stopAt, int validateEvery) {}

  TrainingRun(Recipe recipe, Limits limits, Path out, Checkpoint start, NDManager manager) {
    this.recipe = recipe;
    this.limits = limits;
    this.out = out;
    this.manager = manager;
    layout = new FlatWeights(recipe.shape());
    llama = new Llama(layout, manager);
    flat = manager.create(start.weights(), new Shape(layout.size()));
    flat.setRequiresGradient(true);
    optimizer = new AdamW(manager, flat, layout.matrixSize(), start.mean(), start.variance());
    step = start.step();
    tokens = start.tokens();
    startTokens = tokens;
    next = start.next();
    SampleReader reader = new SampleReader(out);
    batches = new Batches(recipe, reader, next);
    unseen =
        Batches.plain(
            reader,
            ArticleGenerator.VALIDATION_FIRST,
            VALIDATION_ARTICLES,
            recipe.batchTokens(),
            recipe.shape());
  }

  /** Trains to the last step and writes the folder. */
  void train() throws IOException {
    LOG.info(
        "Training {} weights from step {} to {} of {} planned",
        layout.size(),
        step,
        limits.stopAt(),
        recipe.schedule().steps());
    try (Curve curve = Curve.open(out, recipe.shape())) {
      while (step < limits.stopAt()) {
        Losses losses = step();
        boolean last = step == limits.stopAt();
        if (last || step % limits.validateEvery() == 0) {
          Validation validation = Validation.of(llama, flat, recipe.shape(), unseen);
          curve.add(point(losses), validation);
          log(losses);
          LOG.info("step {} unseen articles: {}", step, validation);
          save();
        } else if (step == 1 || step % LOG_EVERY == 0) {
          curve.add(point(losses));
          log(losses);
        }
      }
    }
  }

  private Losses step() {
    step++;
    Batch batch = batches.batch(step);
    Losses losses;
    try (NDManager scope = manager.newSubManager()) {
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        NDArray logits = llama.logits(flat, batch, scope);
        NDArray errors = Losses.crossEntropies(logits, recipe, batch, scope);
        NDArray total = errors.mul(scope.create(Losses.weights(recipe, batch))).sum();
        collector.backward(total);
        losses = Losses.of(errors.toFloatArray(), recipe, batch);
      }
      optimizer.step(step, recipe.schedule().learningRate(step), scope);
    }
    tokens += batch.tokens();
    next = batch.next();
    return losses;
  }

  private void save() throws IOException {
    float[] weights = flat.toFloatArray();
    new Checkpoint(step, tokens, next, weights, optimizer.mean(), optimizer.variance())
        .write(out.resolve("checkpoint"));
    List<String> trainedFor = recipe.schedule().everMasks() ? List.of("map", "copy") : List.of();
    ModelWriter.write(out, layout, weights, trainedFor);
  }

  private Curve.Point point(Losses losses) {
    return new Curve.Point(
        step,
        tokens,
        cpuSeconds() - startCpuSeconds,
        (System.nanoTime() - startNanos) / NANOS,
        recipe.schedule().learningRate(step),
        losses);
  }

  private void log(Losses losses) {
    double seconds = (System.nanoTime() - startNanos) / NANOS;
    double cpu = cpuSeconds() - startCpuSeconds;
    LOG.info(
        "step {} loss {} ramps {} article {}; {} tokens/s, {} tokens per CPU-second",
        step,
        losses.full(),
        losses.ramps(),
        losses.article(),
        Math.round((tokens - startTokens) / seconds),
        Math.round((tokens - startTokens) / cpu));
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / NANOS;
  }
}
