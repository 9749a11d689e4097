package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchVerbTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --tables=T1,T99            | --tables: no table T99; there are K1, K2, K3, N1, N2, N3, T1, T2, T3,
          --device=sim:h200/x        | --device: device sim:h200/x: unknown shape 'x'; known:
          --device=sim:noop          | bench sets ramps and exit rates itself and needs just sim:<gpu>/<shape>
          --device=sim:h200/x@.3     | bench sets ramps and exit rates itself
          --max-new-tokens=1000000   | --max-new-tokens 1000000 leaves no room for a prompt
          """)
  void saysWhatIsWrongBeforeAnythingRuns(String option, String message) {
    String device = option.startsWith("--device") ? "--repeats=1" : "--articles=1";
    Result result = TestJob.run("bench", option, device);
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(message);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aSimulatedDeviceHasNoMeasuredTables() {
    Result result = TestJob.run("bench", "--device=sim:h200/llama-2-7b", "--tables=T2,T8,T4");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("--tables: no table T2, T8 on this device; leave --device out for all; there");
  }

  @Test
  void knowsNoOtherArgumentThanKernels() {
    Result result = TestJob.run("bench", "speed");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("bench speed: there is only bench kernels");
  }

  @Test
  void kernelsMakesTablesOfKernels() {
    Set<Table.Part> measured = EnumSet.of(Table.Part.MEASURED);
    assertThat(TableChoice.ofKernels(List.of(), measured).kernels())
        .containsExactly(KernelTable.values());
    assertThat(TableChoice.ofKernels(List.of("k2"), measured).kernels())
        .containsExactly(KernelTable.K2);
    Result result = TestJob.run("bench", "kernels", "--tables=K1,N1,T2");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("bench kernels --tables: N1, T2 is none of K1, K2, K3; run bench without");
  }

  @Test
  void printsASimulatedTable() {
    Result result =
        TestJob.run("bench", "--device=sim:a100/llama-2-7b", "--tables=t4", "--repeats=1");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("## Simulated: sim:a100/llama-2-7b", "### T4 – ")
        .doesNotContain("## Measured", "### T1");
  }

  @Test
  void measuresTheBundledModelAndWritesFiles() {
    Path output = folder.resolve("tables");
    Result result =
        TestJob.run(
            "bench",
            "--device=cpu:scalar",
            "--tables=N1",
            "--repeats=1",
            "--articles=2",
            "--slots=2",
            "--threads=1",
            "--measure-millis=20",
            "--output=" + output);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("## Measured: cpu/", "### N1 – ")
        .containsPattern("\\| 0\\.00 \\| 0\\.00 \\|\n"); // nobody is forced
    assertThat(output.resolve("n1-measured.csv"))
        .content()
        .startsWith("build,device,threads,model,slots,");
    assertThat(output.resolve("benchmarks.md")).content().isEqualTo(result.out());
  }
}
