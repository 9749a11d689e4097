package io.drex.job.storage;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
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

  /** Writes a document under a hidden name beside {@code path} and renames it into place. */
  public static void replace(Path path, JsonNode document, Configuration hadoop) {
    Path hidden = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    try {
      FileContext files = FileContext.getFileContext(path.toUri(), hadoop);
      try (OutputStream out =
          files.create(hidden, EnumSet.of(CreateFlag.CREATE), Options.CreateOpts.createParent())) {
        out.write(MAPPER.writeValueAsString(document).getBytes(StandardCharsets.UTF_8));
        out.write('\n');
      }
      files.rename(hidden, path, Options.Rename.OVERWRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }
}
