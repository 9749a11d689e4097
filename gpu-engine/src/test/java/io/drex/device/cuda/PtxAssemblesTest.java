package io.drex.device.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Arrays;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NVIDIA's own assembler, of CUDA 12.0, takes the PTX: so do drivers from 525 on. */
class PtxAssemblesTest {
  private static final Pattern SPILL = Pattern.compile("([1-9][0-9]*) bytes spill stores");

  @BeforeEach
  void needsTheAssembler() {
    boolean isLinux = System.getProperty("os.name").equals("Linux");
    assumeThat(isLinux && System.getProperty("os.arch").equals("amd64"))
        .as("the assembler is for Linux on x86-64")
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"sm_80, sm_80", "sm_90a, sm_90a"})
  void assembles(String ptx, String gpu) {
    assemble(ptx, "--gpu-name=" + gpu, "--opt-level=0");
  }

  /** Registers that go to memory make a kernel slow. */
  @Test
  @Tag("slow")
  void keepsAllInRegistersOnTheGpusThatItIsMadeFor() {
    for (String gpu : new String[] {"sm_80", "sm_90a"}) {
      String log = assemble(gpu, "--gpu-name=" + gpu, "--verbose");
      assertThat(log).contains("Compiling entry function");
      assertThat(SPILL.matcher(log).results().map(r -> r.group())).as(gpu).isEmpty();
    }
  }

  @Test
  void refusesWhatIsWrong() {
    byte[] text = KernelFiles.ptx("sm_80").replace("fma.rn.f32", "fma.f32").getBytes(UTF_8);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length + 1L, terminated(text));
    String[] options = {"--gpu-name=sm_80", "--opt-level=0"};
    assertThat(JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options)).isNotZero();
    JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
  }

  /** Returns the assembler's log. */
  private static String assemble(String ptx, String... options) {
    byte[] text = KernelFiles.ptx(ptx).getBytes(UTF_8);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    assertThat(JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length + 1L, terminated(text)))
        .isZero();
    try {
      int code = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      assertThat(code).as(errors(compiler)).isZero();
      return log(compiler);
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  private static byte[] terminated(byte[] text) {
    return Arrays.copyOf(text, text.length + 1);
  }

  private static String errors(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
    return new String(log, UTF_8).trim();
  }

  private static String log(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log);
    return new String(log, UTF_8).trim();
  }
}
