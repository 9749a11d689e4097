package io.drex.job.corpus;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.drex.demo.corpus.Article;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;

/** Writes articles as one JSON object a line, in UTF-8; needs no Spark. */
final class JsonLines {
  private JsonLines() {}

  /**
   * Writes all articles to a new file, which appears only when it is complete.
   *
   * @throws IOException if the file cannot be written; nothing is left behind then
   */
  static void write(Iterator<Article> articles, Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path partial = Files.createTempFile(directory, "." + file.getFileName(), ".partial");
    try {
      try (JsonGenerator json =
          new JsonFactory().createGenerator(partial.toFile(), JsonEncoding.UTF8)) {
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        while (articles.hasNext()) {
          write(articles.next(), json);
        }
        json.writeRaw('\n');
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void write(Article article, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", article.id());
    json.writeStringField("topic", article.topic());
    json.writeStringField("hard_slot", article.hardSlot());
    json.writeStringField("article", article.article());
    json.writeStringField("summary", article.summary());
    json.writeEndObject();
  }
}
