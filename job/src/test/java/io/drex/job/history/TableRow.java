package io.drex.job.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * What the history checker knows rows by.
 *
 * @param key the ledger's, in hex
 * @param outputSha256 empty where the row failed
 */
record TableRow(String id, String key, String outputSha256) {

  /** The files that a reader of a table sees. */
  static List<Path> files(Path table) throws IOException {
    if (!Files.isDirectory(table)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(table)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[^._].*\\.parquet"))
          .sorted()
          .toList();
    }
  }

  /** All rows of a file; fails if it is not complete. */
  static List<TableRow> read(Path file) throws IOException {
    List<TableRow> rows = new ArrayList<>();
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), path).withConf(new Configuration()).build()) {
      for (Group row; (row = reader.read()) != null; ) {
        boolean failed = row.getFieldRepetitionCount("output_sha256") == 0;
        rows.add(
            new TableRow(
                row.getString("id", 0),
                HexFormat.of().formatHex(row.getBinary("key", 0).getBytes()),
                failed ? "" : row.getString("output_sha256", 0)));
      }
    }
    return rows;
  }
}
