package io.drex.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.policy.CostFit;
import io.drex.policy.CostTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.SegmentCost;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavedCostsTest {
  private static final int LONGEST = 600;
  private static final CostTable FITTED =
      new CostTable(
          "saved",
          List.of(
              new SegmentCost.Fitted(40, 2, 1.5, 0, 0, 0, .01, .5),
              new SegmentCost.Fitted(90, 5, 4, 1, .5, .25, .02, .5)));

  @Test
  void aFittedTableIsKnownAtOnce() {
    for (int slots : new int[] {1, 7, 64, 256}) {
      requireClose(fit(FITTED, slots), FITTED, slots, .01);
    }
  }

  @Test
  void aModelledTableIsKnownAsWellAsAMeasuredOneIs() {
    CostTable modelled = CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_13B, 20);
    requireClose(fit(modelled, 64), modelled, 64, .05);
  }

  @Test
  void whatCallsTakeFromThenOnCountsForMore() {
    int slots = 64;
    CostFit fit = fit(FITTED, slots);
    for (int call = 0; call < 20_000; call++) {
      int rows = 1 + call * 7 % slots;
      for (int segment = 0; segment < 2; segment++) {
        double slower = 3 * FITTED.micros(segment, rows, rows * 100, 0, rows);
        fit.observe(segment, rows, rows * 100, 0, rows, slower);
      }
    }
    double saved = FITTED.micros(1, 32, 3_200, 0, 32);
    assertThat(fit.snapshot().get().micros(1, 32, 3_200, 0, 32)).isBetween(2 * saved, 3 * saved);
  }

  private static void requireClose(CostFit fit, CostTable truth, int slots, double tolerance) {
    assertThat(fit.isReady()).isTrue();
    CostTable known = fit.snapshot().get();
    assertThat(known.name()).isEqualTo(truth.name());
    for (int segment = 0; segment < 2; segment++) {
      for (int rows = 1; rows <= slots; rows++) {
        double micros = truth.micros(segment, rows, rows * 100, 0, rows);
        assertThat(known.micros(segment, rows, rows * 100, 0, rows))
            .as("segment %d, %d of %d rows", segment, rows, slots)
            .isCloseTo(micros, within(tolerance * micros));
      }
    }
  }

  private static CostFit fit(CostTable table, int slots) {
    CacheGeometry cache = new CacheGeometry(2, 1, slots * LONGEST);
    DeviceOptions options =
        new DeviceOptions(
            cache, KvFill.MAP, ConfidenceMetric.MARGIN, slots, LONGEST, 256, slots + 256, 1);
    return SavedCosts.fit(table, options);
  }
}
