package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many KV cells generated tokens hold, beside those of a cache that knows no exits. */
class KvCellsInUseTest {
  private static final int SEQUENCES = 8;
  private static final int PROMPT = 20;
  private static final int TOKENS = 500;
  private static final int BLOCK_TOKENS = 16;
  private static final int[] SEGMENT_LAYERS = {3, 4, 2, 3};

  private final Random random = new Random(1);
  private final Workload workload =
      new Workload(
          List.of(), List.of(ramp(3, .6f), ramp(7, .5f), ramp(9, .7f)), 50, Set.of(), false);
  private final List<Sequence> sequences = new ArrayList<>();

  private static RampSpec ramp(int depth, float threshold) {
    return new RampSpec(depth, ConfidenceMetric.MAX_PROB, threshold);
  }

  @Test
  void underMapATokenHoldsCellsOfTheLayersItRan() {
    Scheduler scheduler = runUntilAlmostDone(KvFill.MAP);
    double saved = 0;
    for (int segment = 0; segment < SEGMENT_LAYERS.length; segment++) {
      saved += share(segment) * (1 - (double) depth(segment) / Workload.LAYERS);
    }
    assertThat(saved).as("layers that tokens skipped").isBetween(.2, .8);
    assertThat(cellsOfGenerated())
        .isCloseTo(plainCells() * (1 - saved), within(.01 * plainCells() * (1 - saved)));
    assertPagesHoldCells(scheduler);
  }

  @ParameterizedTest
  @EnumSource(value = KvFill.class, mode = EnumSource.Mode.EXCLUDE, names = "MAP")
  void otherMethodsHoldWhatACacheWithoutExitsDoes(KvFill kvFill) {
    Scheduler scheduler = runUntilAlmostDone(kvFill);
    assertThat(share(0)).isPositive();
    assertThat(cellsOfGenerated()).isCloseTo(plainCells(), within(.01 * plainCells()));
    assertPagesHoldCells(scheduler);
  }

  /** Blocks hold all cells, and of each sequence and segment only the last is not full. */
  private void assertPagesHoldCells(Scheduler scheduler) {
    double prompts = (double) SEQUENCES * PROMPT * Workload.LAYERS;
    double cells = cellsOfGenerated() + prompts;
    double partOfABlock = (double) SEQUENCES * (BLOCK_TOKENS - 1) * Workload.LAYERS;
    assertThat((double) scheduler.peakHeldTokenLayers()).isBetween(cells, cells + partOfABlock);
    assertThat((double) scheduler.usedTokenLayersAtPeak())
        .as("when the last block was taken")
        .isBetween(cells - partOfABlock, cells);
  }

  /** Cells that generated positions hold, each times the layers of its segment. */
  private double cellsOfGenerated() {
    double cells = 0;
    for (Sequence s : sequences) {
      for (int segment = 0; segment < SEGMENT_LAYERS.length; segment++) {
        cells += (double) (s.cells[segment] - PROMPT) * SEGMENT_LAYERS[segment];
      }
    }
    return cells;
  }

  /** The same if every generated position that ran had run all layers. */
  private double plainCells() {
    return sequences.stream().mapToDouble(s -> s.cells[0] - PROMPT).sum() * Workload.LAYERS;
  }

  /** Share of the generated tokens that were emitted after a segment. */
  private double share(int segment) {
    double tokens = sequences.stream().mapToInt(Sequence::tokenCount).sum();
    return sequences.stream().mapToInt(s -> s.exitsBySegment[segment]).sum() / tokens;
  }

  private static int depth(int segment) {
    int depth = 0;
    for (int s = 0; s <= segment; s++) {
      depth += SEGMENT_LAYERS[s];
    }
    return depth;
  }

  /** Runs all sequences at once, up to shortly before the first of them ends. */
  private Scheduler runUntilAlmostDone(KvFill kvFill) {
    CacheGeometry cache = new CacheGeometry(SEGMENT_LAYERS.length, BLOCK_TOKENS, 40 * SEQUENCES);
    Limits limits = new Limits(cache, kvFill, SEQUENCES, 64, PROMPT + TOKENS);
    Scheduler scheduler =
        new Scheduler(
            limits,
            workload.spec(),
            Set.of(),
            new ExitPolicy.Rebatch(),
            new FlushPolicy.Fixed(4, 50));
    for (int i = 0; i < SEQUENCES; i++) {
      int[] prompt = random.ints(PROMPT, 1, 50).toArray();
      sequences.add(new Sequence(prompt, TOKENS, 0, Deaf.LISTENER));
      scheduler.add(sequences.get(i));
    }
    HashDevice device = new HashDevice(limits, workload, HashDevice.OnWrongCell.THROW);
    HeadReadings readings = new HeadReadings(limits.maxRows());
    while (sequences.stream().allMatch(s -> s.tokenCount() < TOKENS - 1)) {
      assertThat(scheduler.plan()).isTrue();
      device.runSegment(scheduler.segment(), scheduler.rows(), readings);
      scheduler.apply(readings);
      device.fillKv(scheduler.segment(), scheduler.exited());
    }
    return scheduler;
  }
}
