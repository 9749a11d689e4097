package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.model.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final Path FILE =
      GoldenFile.root().resolve("gpu-engine/src/test/resources/io/drex/golden/cpu-portable-1.txt");

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyBitIsTheGoldenOne(KernelKind kind) throws IOException {
    CpuBackend backend =
        new CpuBackend(kind == KernelKind.VECTOR ? CpuProvider.VECTOR : CpuProvider.SCALAR);
    List<String> lines = IntStream.range(0, 12).mapToObj(seed -> line(backend, seed)).toList();
    if (Boolean.getBoolean("golden.update")) {
      Files.write(FILE, lines);
    }
    assertThat(lines).isEqualTo(Files.readAllLines(FILE));
  }

  /** One model and prompt: seed, then token:depth:confidence bits of each step. */
  private static String line(CpuBackend backend, int seed) {
    DType dtype = seed % 2 == 0 ? DType.BF16 : DType.F32;
    StringBuilder line = new StringBuilder().append(seed);
    List<Step> steps =
        SoloDecoder.decode(
            backend,
            seed % 3 == 0 ? TinyModel.untied(seed, dtype) : TinyModel.random(seed, dtype),
            KvFill.MAP,
            TinyModel.prompt(seed, 1 + seed * 7),
            TOKENS);
    for (Step step : steps) {
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
