package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.job.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void writesWhatItPrintsAndAFileOfEachKind() throws IOException {
    report((table, plot) -> new byte[] {1}).add(Tables.small());
    assertThat(folder.resolve("benchmarks.md")).content().isEqualTo(text(out));
    assertThat(text(out)).contains("![a table](x1-simulated.png)");
    assertThat(Files.readAllBytes(folder.resolve("x1-simulated.png"))).containsExactly(1);
    assertThat(folder.resolve("x1-simulated.csv")).content().startsWith("build,slots,policy,");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void writesTheTablesWhereJavaCannotDrawAndWarnsOnce() {
    BenchReport report =
        report(
            (table, plot) -> {
              throw new Plotter.Unavailable(new UnsatisfiedLinkError("libfreetype.so.6"));
            });
    report.add(Tables.small());
    report.add(Tables.small());
    assertThat(folder.resolve("x1-simulated.csv")).exists();
    assertThat(folder.resolve("x1-simulated.png")).doesNotExist();
    assertThat(text(out)).contains("| 8 | rebatch, planned |").doesNotContain(".png");
    assertThat(text(err))
        .containsOnlyOnce("WARNING   no plots: Java cannot draw here (")
        .contains("libfreetype.so.6", "install libfreetype, fontconfig and a font");
  }

  @Test
  void refusesAFolderThatHoldsTables() throws IOException {
    Files.writeString(folder.resolve("benchmarks.md"), "mine");
    assertThatThrownBy(() -> report((table, plot) -> new byte[0]))
        .hasMessage(
            "--output %s holds a benchmarks.md already; remove it, or name another", folder);
  }

  private BenchReport report(Plotter plotter) {
    BenchFiles files = BenchFiles.create(folder.toString(), new Configuration(false));
    return new BenchReport(new Console(print(out), print(err)), Optional.of(files), plotter);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
