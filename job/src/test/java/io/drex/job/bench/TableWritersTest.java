package io.drex.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TableWritersTest {
  @Test
  void markdownShowsWhatVariesAsColumnsAndTheRestOnce() {
    assertThat(Markdown.text(Tables.small(), "x1.png"))
        .isEqualTo(
            """
            ### X1 – a table

            What it shows.

            | slots | policy | speed, tok/s (modelled) | share (published) |
            |---|---|---:|---:|
            | 8 | rebatch, planned | 200 (100 to 300) | 1.25 |
            | 64 | rebatch, planned | 7 | 0.00 |
            | 64 | a\\|b | 5 | – |

            In every row: build `1`.

            ![a table](x1.png)
            """);
  }

  @Test
  void csvHoldsTheWholeConfigurationAndTheSpreadInEveryRow() {
    assertThat(Csv.text(Tables.small()))
        .isEqualTo(
            """
            build,slots,policy,"speed, tok/s (modelled)","speed, tok/s (modelled) min",\
            "speed, tok/s (modelled) max","share (published)","share (published) min",\
            "share (published) max"
            1,8,"rebatch, planned",200.0,100.0,300.0,1.25,1.25,1.25
            1,64,"rebatch, planned",7.0,7.0,7.0,-0.001,-0.001,-0.001
            1,64,a|b,5.0,5.0,5.0,,,
            """);
  }

  @Test
  void plotsArePngFiles() throws Plotter.Unavailable {
    Table table = Tables.small();
    Plotter plotter = new Plotter.Headless();
    byte[] png = plotter.png(table, table.plot().orElseThrow());
    assertThat(png).startsWith(0x89, 'P', 'N', 'G').hasSizeLessThan(60_000);
    assertThatThrownBy(() -> plotter.png(table, new Plot("slots", "", List.of("length"))))
        .hasMessage("table X1 has no column length");
  }

  @Test
  void aTableRefusesRowsOfAnotherShape() {
    List<Column> columns = List.of(new Column("speed", "", Basis.MEASURED, 0));
    List<Row> rows =
        List.of(
            new Row(Map.of("a", "1"), Repeats.once(1)), new Row(Map.of("b", "1"), Repeats.once(1)));
    assertThatThrownBy(
            () -> new Table("X2", Table.Part.MEASURED, "t", "t", columns, rows, Optional.empty()))
        .hasMessage("table X2 has rows of different shape: {b=1}");
  }

  @Test
  void repeatsArePairedRunByRun() {
    Repeats fast = Repeats.of(List.of(2.0, 6.0), value -> value);
    Repeats slow = Repeats.of(List.of(1.0, 4.0), value -> value);
    Repeats gain = fast.gainOver(slow);
    assertThat(List.of(gain.min(), gain.median(), gain.max())).containsExactly(50.0, 75.0, 100.0);
    assertThatThrownBy(() -> fast.gainOver(Repeats.once(1)))
        .hasMessage("2 runs cannot be paired with 1");
  }
}
