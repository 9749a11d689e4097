package io.drex.demo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.drex.demo.recipe.Batch;
import io.drex.demo.recipe.FlatWeights;
import io.drex.demo.recipe.LossMix;
import io.drex.demo.recipe.ModelShape;
import io.drex.demo.recipe.ModelWriter;
import io.drex.demo.recipe.Recipe;
import io.drex.demo.recipe.Schedule;
import io.drex.device.ReferenceDecoder;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the arithmetic to the product's: two sequences of 20, the last 12 of each summary. */
class LlamaTest {
  private static final int VOCAB = 300;
  private static final int LENGTH = 20;
  private static final int PROMPT = 8;
  private static final int LAYERS = 4;
  private static final ModelShape SHAPE =
      new ModelShape(LAYERS, 64, 4, 2, 96, VOCAB, List.of(1, 3));
  private static final FlatWeights LAYOUT = new FlatWeights(SHAPE);
  private static final Recipe RECIPE =
      new Recipe(
          SHAPE, new Schedule(100, .003, 0), new LossMix(List.of(.1, .2), .15, 1), 64, .5, 7, 0);

  private static final float[] WEIGHTS = weights();
  private static final Batch BATCH = batch();

  private static NDManager manager;

  @BeforeAll
  static void start() {
    manager = Torch.start();
  }

  @AfterAll
  static void stop() {
    manager.close();
  }

  @Test
  void logitsAtEveryExitEqualTheReferenceDecoders(@TempDir Path folder) throws IOException {
    ModelWriter.write(folder, LAYOUT, WEIGHTS, List.of());
    float[] logits;
    try (NDManager step = manager.newSubManager()) {
      NDArray flat = manager.create(WEIGHTS, new Shape(WEIGHTS.length));
      logits = new Llama(LAYOUT, manager).logits(flat, BATCH, step).toFloatArray();
    }
    for (int sequence = 0; sequence < BATCH.sequences(); sequence++) {
      ReferenceDecoder reference = new ReferenceDecoder(ModelLoader.load(folder));
      for (int offset = 0; offset < LENGTH; offset++) {
        int position = sequence * LENGTH + offset;
        int exit = (int) BATCH.exitDepth()[position];
        reference.accept((int) BATCH.ids()[position]);
        for (int block = 0; block <= SHAPE.ramps().size(); block++) {
          int depth = block < SHAPE.ramps().size() ? SHAPE.ramps().get(block) : LAYERS;
          int row = row(block, position);
          if (depth <= exit && row >= 0) {
            reference.runTo(depth);
            assertClose(reference.logits(), logits, row);
          }
        }
        reference.runTo(exit);
      }
    }
  }

  @Test
  void gradientsEqualDifferenceQuotients() {
    float[] gradient = gradient(WEIGHTS, 1);
    SplittableRandom random = new SplittableRandom(3);
    for (FlatWeights.Slice slice : LAYOUT.slices()) {
      int strongest = slice.begin();
      for (int i = 0; i < 50; i++) {
        int index = slice.begin() + random.nextInt(slice.elements());
        strongest = Math.abs(gradient[index]) > Math.abs(gradient[strongest]) ? index : strongest;
      }
      double quotient = (loss(strongest, .01f) - loss(strongest, -.01f)) / .02;
      assertThat(quotient)
          .as("%s, element %d", slice, strongest)
          .isCloseTo(gradient[strongest], within(.002 + .02 * Math.abs(gradient[strongest])));
    }
  }

  @Test
  void twoThreadsGiveTheGradientOfOne() {
    float[] one = gradient(WEIGHTS, 1);
    float[] two = gradient(WEIGHTS, 2);
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      most = Math.max(most, Math.abs(one[i] - two[i]));
    }
    assertThat(most).isLessThan(1e-5);
  }

  /** DJL frees what only PyTorch's graph refers to; see {@link Torch}. */
  @Test
  void garbageCollectionLeavesGradientsAlone() throws InterruptedException {
    float[] expected = gradient(WEIGHTS, 1);
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
                for (int i = 0; i < 1000; i++) {
                  ByteBuffer.allocateDirect(Float.BYTES).putInt(0, -1);
                }
              }
            });
    collector.start();
    try {
      for (int i = 0; i < 20; i++) {
        assertThat(Arrays.equals(gradient(WEIGHTS, 1), expected)).as("run %d", i).isTrue();
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }

  private static float[] gradient(float[] weights, int threads) {
    try (Replicas replicas = new Replicas(RECIPE, weights, threads, manager)) {
      replicas.differentiate(BATCH);
      return replicas.weights().getGradient().toFloatArray();
    }
  }

  /** The total loss with one weight changed. */
  private static double loss(int index, float change) {
    float[] weights = WEIGHTS.clone();
    weights[index] += change;
    try (Replicas replicas = new Replicas(RECIPE, weights, 1, manager)) {
      Losses losses = replicas.differentiate(BATCH);
      return losses.full()
          + .1 * losses.ramps()[0]
          + .2 * losses.ramps()[1]
          + .15 * losses.article();
    }
  }

  /** The row of a position in a block of the logits, or -1. */
  private static int row(int block, int position) {
    int rows = block < SHAPE.ramps().size() ? BATCH.summaryCount() : BATCH.positions().length;
    for (int i = 0; i < rows; i++) {
      if (BATCH.positions()[i] == position) {
        return block * BATCH.summaryCount() + i;
      }
    }
    return -1;
  }

  private static void assertClose(double[] expected, float[] logits, int row) {
    for (int token = 0; token < VOCAB; token++) {
      assertThat((double) logits[row * VOCAB + token]).isCloseTo(expected[token], within(1e-3));
    }
  }

  /** Large enough for varied probabilities, gains other than 1, exact in bfloat16. */
  private static float[] weights() {
    SplittableRandom random = new SplittableRandom(1);
    float[] weights = LAYOUT.initial(random);
    for (int i = 0; i < weights.length; i++) {
      boolean norm = i >= LAYOUT.matrixSize();
      float value = norm ? (float) (1 + .3 * random.nextGaussian()) : 2.5f * weights[i];
      weights[i] = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xFFFF0000);
    }
    return weights;
  }

  private static Batch batch() {
    SplittableRandom random = new SplittableRandom(2);
    int size = 2 * LENGTH;
    long[] ids = random.longs(size, 3, VOCAB).toArray();
    float[] depths = new float[size];
    Arrays.fill(depths, LAYERS);
    int[] summary = IntStream.range(0, size).filter(i -> i % LENGTH >= PROMPT).toArray();
    int[] article = IntStream.range(0, size).filter(i -> i % LENGTH < PROMPT).toArray();
    for (int position : summary) {
      depths[position] = new float[] {1, 3, LAYERS}[random.nextInt(3)];
    }
    long[] positions =
        IntStream.concat(Arrays.stream(summary), Arrays.stream(article)).asLongStream().toArray();
    long[] targets = LongStream.of(positions).map(p -> random.nextInt(3, VOCAB)).toArray();
    return new Batch(2, LENGTH, ids, positions, targets, summary.length, depths);
  }
}
