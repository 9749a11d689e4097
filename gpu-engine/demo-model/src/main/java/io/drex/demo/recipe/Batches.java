package io.drex.demo.recipe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * The batches of a training run, the same ones for the same recipe, wherever the run was
 * interrupted. Articles are read in pools; a pool is sorted by length, cut into batches and
 * shuffled. The next pool is made in the background.
 *
 * <p>Used by one thread.
 */
public final class Batches {
  private static final int POOL = 1024;

  // Steps of one run need unrelated streams; SplittableRandom's are shifted copies of one another
  // where seeds differ by a multiple of the first constant, so steps are multiples of the second.
  private static final long PER_SEED = 0x9E3779B97F4A7C15L;
  private static final long PER_STEP = 0xD1342543DE82EF95L;

  private final Recipe recipe;
  private final SampleReader reader;
  private final Deque<List<Sample>> ready = new ArrayDeque<>();
  private Position position;
  private CompletableFuture<List<List<Sample>>> following;

  /**
   * A place between two batches.
   *
   * @param pool pools before it that are used up
   * @param index batches of the current pool that are used up
   */
  public record Position(long pool, int index) {
    /** Before the first batch. */
    public static final Position START = new Position(0, 0);
  }

  /** Batches from a position on. */
  public Batches(Recipe recipe, SampleReader reader, Position from) {
    this.recipe = recipe;
    this.reader = reader;
    this.position = from;
    this.following = start(from.pool());
    open();
    for (int i = 0; i < from.index(); i++) {
      ready.remove();
    }
  }

  /** The batch of a step, counted from 1; steps are asked for in order. */
  public Batch batch(int step) {
    if (ready.isEmpty()) {
      position = new Position(position.pool() + 1, 0);
      open();
    }
    List<Sample> samples = ready.remove();
    position = new Position(position.pool(), position.index() + 1);
    BatchBuilder.Draws draws =
        new BatchBuilder.Draws(
            new SplittableRandom(recipe.seed() * PER_SEED + step * PER_STEP),
            recipe.losses().articleShare(),
            recipe.schedule().masks(step) ? recipe.maskMax() : 0,
            recipe.shape().ramps());
    return BatchBuilder.build(samples, recipe.shape().layers(), draws);
  }

  /** Where the batches after the last one begin. */
  public Position position() {
    return position;
  }

  /** Samples of the given indices [first, first + count) in batches whose summaries alone pay. */
  public static List<Batch> ofSummaries(SampleReader reader, long first, int count, Recipe recipe) {
    ModelShape shape = recipe.shape();
    var none = new BatchBuilder.Draws(new SplittableRandom(0), 0, 0, shape.ramps());
    return cut(samples(reader, first, count), recipe.batchTokens()).stream()
        .map(samples -> BatchBuilder.build(samples, shape.layers(), none))
        .toList();
  }

  private void open() {
    ready.addAll(following.join());
    following = start(position.pool() + 1);
  }

  private CompletableFuture<List<List<Sample>>> start(long number) {
    return CompletableFuture.supplyAsync(() -> pool(number));
  }

  private List<List<Sample>> pool(long number) {
    List<Sample> samples = samples(reader, recipe.firstIndex() + number * POOL, POOL);
    List<List<Sample>> batches = cut(samples, recipe.batchTokens());
    Collections.shuffle(batches, new Random(recipe.seed() + number));
    return batches;
  }

  private static List<Sample> samples(SampleReader reader, long first, int count) {
    return LongStream.range(first, first + count).mapToObj(reader::sample).toList();
  }

  /** Cuts samples, shortest first, so that no batch with its padding exceeds the tokens. */
  static List<List<Sample>> cut(List<Sample> samples, int batchTokens) {
    List<Sample> sorted = new ArrayList<>(samples);
    sorted.sort(Comparator.comparingInt(Sample::positions));
    List<List<Sample>> batches = new ArrayList<>();
    List<Sample> current = new ArrayList<>();
    for (Sample sample : sorted) {
      if (!current.isEmpty() && (current.size() + 1) * sample.positions() > batchTokens) {
        batches.add(current);
        current = new ArrayList<>();
      }
      current.add(sample);
    }
    if (!current.isEmpty()) {
      batches.add(current);
    }
    return batches;
  }
}
