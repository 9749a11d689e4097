package io.drex.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.ConfidenceMetric;
import io.drex.policy.CostFit;
import io.drex.policy.CostTable;
import io.drex.policy.SegmentCost;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device whose calls take what a table says, on a clock of its own. */
class CostMeterTest {
  private static final int SLOTS = 24;
  private static final int PREFILL = 100;
  private static final int LONGEST = 200;
  private static final CostTable TRUTH =
      new CostTable(
          "truth",
          List.of(
              new SegmentCost.Fitted(40, 2, 1.5, 0, 0, 0, .01, .5),
              new SegmentCost.Fitted(90, 5, 4, 1, 0, 0, .02, .5)));

  private long nanos;
  private long calls;
  private boolean isComplete;
  private int callsPerFailure = Integer.MAX_VALUE;

  @Test
  void findsWhatCallsTake() {
    CostFit fit = measured(1_000_000_000L, SLOTS * LONGEST);
    assertThat(fit.isReady()).isTrue();
    CostTable table = fit.snapshot().get();
    for (int segment = 0; segment < 2; segment++) {
      for (int rows = 1; rows <= SLOTS; rows++) {
        double truth = TRUTH.micros(segment, rows, rows * 50, 0, rows);
        assertThat(table.micros(segment, rows, rows * 50, 0, rows))
            .isCloseTo(truth, within(.03 * truth));
      }
      double chunk = TRUTH.micros(segment, 0, 0, PREFILL, 0);
      assertThat(table.micros(segment, 0, 0, PREFILL, 0)).isCloseTo(chunk, within(.03 * chunk));
    }
  }

  @Test
  void keepsToItsBudgetButForOneCall() {
    long budget = 3_000_000;
    measured(budget, SLOTS * LONGEST);
    double longest =
        TRUTH.micros(0, SLOTS, 1e4, PREFILL, SLOTS) + TRUTH.micros(1, SLOTS, 1e4, PREFILL, SLOTS);
    assertThat(nanos).isBetween(budget, budget + (long) (2 * longest * 1_000));
  }

  @Test
  void saysWhetherThereWasTimeForEveryPoint() {
    measured(1_000_000_000L, SLOTS * LONGEST);
    assertThat(isComplete).isTrue();
    measured(3_000_000, SLOTS * LONGEST);
    assertThat(isComplete).isFalse();
  }

  @Test
  void isDoneWithAFastDeviceLongBeforeItsBudget() {
    measured(Long.MAX_VALUE / 4, SLOTS * LONGEST);
    assertThat(calls).isLessThan(4_000);
  }

  @Test
  void fitsACacheThatHoldsOneSequence() {
    assertThat(measured(1_000_000_000L, LONGEST).isReady()).isTrue();
  }

  @Test
  void callsThatFailAreLeftOut() {
    callsPerFailure = 5;
    assertThat(measured(1_000_000_000L, SLOTS * LONGEST).isReady()).isTrue();
    assertThat(calls).isGreaterThan(callsPerFailure);
  }

  private CostFit measured(long budgetNanos, int cells) {
    CostFit fit = new CostFit("test", 2);
    DeviceOptions options =
        new DeviceOptions(
            new CacheGeometry(2, 1, cells),
            KvFill.MAP,
            ConfidenceMetric.MARGIN,
            SLOTS,
            LONGEST,
            PREFILL,
            SLOTS + PREFILL,
            1);
    isComplete =
        new CostMeter(new TimedDevice(options), options, () -> nanos).measure(fit, budgetNanos);
    return fit;
  }

  /** Checks every index that it is given. */
  private final class TimedDevice implements DeviceModel {
    private final DeviceOptions options;

    TimedDevice(DeviceOptions options) {
      this.options = options;
    }

    @Override
    public void runSegment(int segment, RowBatch rows, HeadReadings out) {
      calls++;
      if (calls % callsPerFailure == 0) {
        throw new DeviceException("failed");
      }
      boolean[] taken = new boolean[options.slots() + options.maxPrefillTokens()];
      int prompt = 0;
      double context = 0;
      for (int row = 0; row < rows.rows; row++) {
        assertThat(taken[rows.slot[row]]).as("slot taken twice").isFalse();
        taken[rows.slot[row]] = true;
        int[] table = rows.kvTable[rows.table[row]][segment];
        assertThat(rows.position[row]).isBetween(0, table.length - 1);
        if (calls <= 2) { // they are the same in every call
          assertThat(Arrays.stream(table))
              .allMatch(c -> c >= 0 && c < options.cache().leastCells());
        }
        prompt += rows.prompt[row] ? 1 : 0;
        context += rows.prompt[row] ? 0 : rows.position[row] + 1;
      }
      int decode = rows.rows - prompt;
      nanos += (long) (1_000 * TRUTH.micros(segment, decode, context, prompt, rows.heads));
    }

    @Override
    public void fillKv(int exitSegment, RowBatch rows) {
      throw new AssertionError("not measured");
    }

    @Override
    public long memoryBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
