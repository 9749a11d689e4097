package io.drex.demo.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The topics of the corpus, read from the text files {@code topics/*.txt} of this package. */
final class Topics {
  /** Their order is part of the corpus: an article draws its topic by place. */
  private static final List<String> FILES =
      List.of("incidents", "public-life", "economy", "leisure", "science");

  private Topics() {}

  /**
   * All topics, in their order.
   *
   * @throws IllegalArgumentException if a file is wrong, with its line
   */
  static List<Topic> read() {
    return FILES.stream().flatMap(file -> read(file + ".txt").stream()).toList();
  }

  private static List<Topic> read(String file) {
    try (InputStream in = Topics.class.getResourceAsStream("topics/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException("the jar lacks topics/" + file + "; build it again");
      }
      return TopicParser.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), file);
    } catch (IOException e) {
      throw new UncheckedIOException("topics/" + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
