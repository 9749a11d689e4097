package io.drex.job.storage;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drex.spark.storage.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A JSON document in one file; replaced as a whole, so that a reader sees the old or the new. */
public final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private JsonFile() {}

  /** The mapper that all of the job's documents are read and written with. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** The document in a file, or nothing if there is no such file. */
  public static Optional<JsonNode> read(Path path, Configuration hadoop) {
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return Optional.of(MAPPER.readTree(in));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  /** Writes a document; readers see the one before or this one. */
  public static void replace(Path path, JsonNode document, Configuration hadoop) {
    try {
      String text = MAPPER.writeValueAsString(document) + "\n";
      try (WholeFile file = WholeFile.replace(path, hadoop)) {
        file.stream().write(text.getBytes(StandardCharsets.UTF_8));
        file.publish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }
}
