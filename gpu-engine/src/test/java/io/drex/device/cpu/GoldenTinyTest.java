package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.onednn.OneDnn;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Exact bits of random models. They may change only together with {@link
 * CpuBackend#implementation}; {@code -Dgolden.update=true} writes them anew.
 */
class GoldenTinyTest {
  private static final int TOKENS = 24;
  private static final Path FOLDER =
      GoldenFile.root().resolve("gpu-engine/src/test/resources/io/drex/golden");
  private static final Path LLAMAS = FOLDER.resolve("cpu-portable-2.txt");
  private static final Path OTHERS = FOLDER.resolve("cpu-portable-2-families.txt");
  private static final Path ROUNDED = FOLDER.resolve("cpu-portable-2-int8-1.txt");

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyBitIsTheGoldenOne(KernelKind kind) throws IOException {
    CpuBackend backend = backend(kind);
    assertGolden(LLAMAS, IntStream.range(0, 12).mapToObj(seed -> line(backend, seed)).toList());
  }

  /** Two models of each family, then four whose ramps have heads of their own. */
  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyBitOfFamiliesAndRampsHeadsIsTheGoldenOne(KernelKind kind) throws IOException {
    CpuBackend backend = backend(kind);
    List<String> lines = new ArrayList<>();
    for (ModelFamily family : ModelFamily.values()) {
      for (int seed = 0; seed < 2; seed++) {
        LoadedModel model = TinyModel.ofFamily(family, seed);
        lines.add(line(backend, family.modelType() + " " + seed, model, seed));
      }
    }
    for (int seed = 0; seed < 4; seed++) {
      LoadedModel model = TinyModel.withOwnHeads(seed, dtype(seed));
      lines.add(line(backend, "heads " + seed, model, seed));
    }
    assertGolden(OTHERS, lines);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyBitOfRoundedWeightsIsTheGoldenOne(KernelKind kind) throws IOException {
    CpuBackend backend =
        new CpuBackend(CpuProvider.INT8, present -> present == kind, OneDnn::probe);
    assertGolden(ROUNDED, IntStream.range(0, 6).mapToObj(seed -> line(backend, seed)).toList());
  }

  private static CpuBackend backend(KernelKind kind) {
    return new CpuBackend(kind == KernelKind.VECTOR ? CpuProvider.VECTOR : CpuProvider.SCALAR);
  }

  private static void assertGolden(Path file, List<String> lines) throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.write(file, lines);
    }
    assertThat(lines).isEqualTo(Files.readAllLines(file));
  }

  private static DType dtype(int seed) {
    return seed % 2 == 0 ? DType.BF16 : DType.F32;
  }

  private static String line(CpuBackend backend, int seed) {
    DType dtype = dtype(seed);
    LoadedModel model =
        seed % 3 == 0 ? TinyModel.untied(seed, dtype) : TinyModel.random(seed, dtype);
    return line(backend, Integer.toString(seed), model, seed);
  }

  /** One model and prompt: a name, then token:depth:confidence bits of each step. */
  private static String line(CpuBackend backend, String name, LoadedModel model, int seed) {
    StringBuilder line = new StringBuilder(name);
    int[] prompt = TinyModel.prompt(seed, 1 + seed * 7);
    for (Step step : SoloDecoder.decode(backend, model, KvFill.MAP, prompt, TOKENS)) {
      String bits = Integer.toHexString(Float.floatToRawIntBits(step.confidence()));
      line.append(' ')
          .append(step.token())
          .append(':')
          .append(step.depth())
          .append(':')
          .append(bits);
    }
    return line.toString();
  }
}
