package io.drex.job.input;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How an input is read. */
enum InputFormat {
  PARQUET("parquet", "pq"),
  JSONL("jsonl", "ndjson", "json"),
  CSV("csv"),
  TEXT("txt", "text"),
  ORC("orc"),
  TABLE;

  private static final List<String> COMPRESSIONS = List.of(".gz", ".bz2", ".zst", ".snappy");

  private final List<String> endings;

  InputFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** The format that a file's name ends in, compression aside. */
  static Optional<InputFormat> ofFileName(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    for (String compression : COMPRESSIONS) {
      if (name.endsWith(compression)) {
        name = name.substring(0, name.length() - compression.length());
      }
    }
    String ending = name.substring(name.lastIndexOf('.') + 1);
    for (InputFormat format : values()) {
      if (format.endings.contains(ending)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** The format of a value of {@code --input-format} other than {@code auto}. */
  static InputFormat ofOption(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
