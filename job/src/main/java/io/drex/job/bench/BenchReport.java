package io.drex.job.bench;

import io.drex.job.cli.Console;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tells tables as they are made: on the console, and in the files if there are any. */
final class BenchReport {
  private final Console console;
  private final Optional<BenchFiles> files;
  private final Plotter plotter;
  private final StringBuilder page = new StringBuilder();
  private boolean canDraw = true;

  BenchReport(Console console, Optional<BenchFiles> files, Plotter plotter) {
    this.console = console;
    this.files = files;
    this.plotter = plotter;
  }

  /** Adds text to the page. */
  void add(String markdown) {
    console.out().println(markdown);
    page.append(markdown).append('\n');
    files.ifPresent(folder -> folder.writePage(page.toString()));
  }

  /** Adds a table, and writes its files. */
  void add(Table table) {
    String image = "";
    if (files.isPresent()) {
      files
          .get()
          .write(table.fileName() + ".csv", Csv.text(table).getBytes(StandardCharsets.UTF_8));
      image = table.plot().map(plot -> draw(table, plot, files.get())).orElse("");
    }
    add(Markdown.text(table, image));
  }

  /** Draws a table; returns the file's name, empty if this machine cannot. */
  private String draw(Table table, Plot plot, BenchFiles folder) {
    if (!canDraw) {
      return "";
    }
    try {
      String name = table.fileName() + ".png";
      folder.write(name, plotter.png(table, plot));
      return name;
    } catch (Plotter.Unavailable e) {
      canDraw = false;
      console
          .err()
          .println(
              "WARNING   no plots: "
                  + e.getMessage()
                  + "; install libfreetype, fontconfig and a font (Debian: libfreetype6,"
                  + " fontconfig, fonts-dejavu-core). The tables are complete.");
      return "";
    }
  }
}
