package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.FloatModel;
import io.drex.device.ForcedDecoder;
import io.drex.device.ForcedDecoder.Reading;
import io.drex.device.ForcedDecoder.Text;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.LogitRounding;
import io.drex.device.SoloDecoder;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.golden.GoldenCase;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What rounding to bf16 costs: the bundled model on the emulated GPU against the CPU, where
 * weights, inputs, K and V are floats. The CPU's tokens and exits are forced on the GPU, which
 * decides at each ramp that they meet, and where they leave.
 */
@Tag("own-jvm")
class EmulatedDecisionsTest {
  private static final int MOST_TOKENS = 48;
  private static final double LEAST_SHARE = 0.995;

  private static LoadedModel model;
  private static LoadedModel floats;
  private static LogitRounding rounding;

  @BeforeAll
  static void read(@TempDir Path folder) throws IOException {
    Emulation.load();
    model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    floats = FloatModel.of(model);
    rounding = LogitRounding.of(model);
  }

  @Test
  void decidesAsFloatsDoOrNearlyCould() throws IOException {
    assertAgrees(24, 1);
  }

  /** The same with many more. */
  @Test
  @Tag("slow")
  void decidesAsFloatsDoInManyArticles() throws IOException {
    assumeThat(new CudaBackend().probe())
        .as("slow tests share a JVM, which looks for a driver once")
        .isInstanceOf(Availability.Available.class);
    assertAgrees(40, 3);
  }

  /**
   * @param articles golden articles
   * @param mixes of each with another one
   */
  private static void assertAgrees(int articles, int mixes) throws IOException {
    List<Text> texts = teach(mixed(articles, mixes));
    Tally tally = new Tally();
    try (ForcedDecoder cpu = ForcedDecoder.open(new CpuBackend(CpuProvider.BEST), floats);
        ForcedDecoder gpu = ForcedDecoder.open(new CudaBackend(), model)) {
      for (Text text : texts) {
        tally.add(text, cpu.read(text), gpu.read(text));
      }
    }
    assertThat(tally.far).as("decisions that differ far from a threshold or a tie").isEmpty();
    assertThat(tally.share()).as(tally.toString()).isGreaterThanOrEqualTo(LEAST_SHARE);
  }

  /**
   * Halves of two golden articles each. The articles themselves were chosen for having no decision
   * near a threshold; nobody chose these.
   */
  private static List<int[]> mixed(int articles, int mixes) throws IOException {
    List<int[]> prompts = ModelGolden.read(model).cases().stream().map(GoldenCase::prompt).toList();
    List<int[]> mixed = new ArrayList<>();
    for (int i = 0; i < articles; i++) {
      for (int next = 1; next <= mixes; next++) {
        int[] first = prompts.get(i);
        int[] second = prompts.get((i + next) % prompts.size());
        mixed.add(
            IntStream.concat(
                    Arrays.stream(first, 0, first.length / 2),
                    Arrays.stream(second, second.length / 2, second.length))
                .toArray());
      }
    }
    return mixed;
  }

  /** What the CPU generates, up to and with the stop token. */
  private static List<Text> teach(List<int[]> prompts) {
    DeviceOptions options = LockstepDecoder.options(floats.spec(), KvFill.MAP, 1, 1);
    List<Text> texts = new ArrayList<>();
    try (DeviceModel device = new CpuBackend(CpuProvider.BEST).open(floats, options)) {
      for (int[] prompt : prompts) {
        List<Step> steps = SoloDecoder.decode(device, floats, options, prompt, MOST_TOKENS);
        int[] tokens = steps.stream().mapToInt(Step::token).toArray();
        int length = 1;
        while (length < tokens.length && !model.stopTokens().contains(tokens[length - 1])) {
          length++;
        }
        int[] depths = steps.stream().mapToInt(Step::depth).toArray();
        texts.add(new Text(prompt, Arrays.copyOf(tokens, length), Arrays.copyOf(depths, length)));
      }
    }
    return texts;
  }

  /** Decisions: at a ramp, to leave or to stay; where a token leaves, which one it is. */
  private static final class Tally {
    private final List<RampSpec> ramps = model.spec().ramps();
    private final List<String> far = new ArrayList<>();
    private int decisions;
    private int different;
    private double farthest; // of those that differ, as a share of what rounding reaches

    void add(Text text, Reading[][] cpu, Reading[][] gpu) {
      for (int i = 0; i < cpu.length; i++) {
        int last = ramps.size();
        for (int s = i == 0 ? last : 0; s <= last && cpu[i][s] != null; s++) {
          boolean leaves = s == last || text.depths()[i] == ramps.get(s).depth();
          if (s < last) {
            addExit(ramps.get(s), cpu[i][s], gpu[i][s]);
          }
          if (leaves) {
            addToken(s, cpu[i][s], gpu[i][s]);
          }
        }
      }
    }

    private void addExit(RampSpec ramp, Reading cpu, Reading gpu) {
      double distance = Math.abs(logOdds(cpu.confidence()) - logOdds(ramp.threshold()));
      boolean equal = ramp.passes(cpu.confidence()) == ramp.passes(gpu.confidence());
      add(equal, distance, ramp.depth(), cpu + " and " + gpu + " at " + ramp);
    }

    private void addToken(int segment, Reading cpu, Reading gpu) {
      boolean isLast = segment == ramps.size();
      double gap = isLast ? cpu.confidence() : logOdds(cpu.confidence());
      int depth = isLast ? model.spec().layers() : ramps.get(segment).depth();
      add(cpu.token() == gpu.token(), gap, depth, cpu + " and " + gpu + " at depth " + depth);
    }

    private void add(boolean equal, double distance, int depth, String what) {
      decisions++;
      if (!equal) {
        different++;
        double share = distance / rounding.reach(depth);

        farthest = Math.max(farthest, share);
        if (share > 1) {
          far.add(what + ": " + distance + " past " + rounding.reach(depth));
        }
      }
    }

    /**
     * By which all differences of logits must move at least for a largest probability to move that
     * far, and so the next token's.
     */
    private static double logOdds(double probability) {
      return Math.log(probability / (1 - probability));
    }

    double share() {
      return 1 - (double) different / decisions;
    }

    @Override
    public String toString() {
      return "%d of %d decisions differ, the farthest by %.2f of what rounding reaches"
          .formatted(different, decisions, farthest);
    }
  }
}
