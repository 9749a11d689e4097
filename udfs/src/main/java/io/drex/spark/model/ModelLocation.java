package io.drex.spark.model;

import io.drex.model.BundledModel;
import io.drex.model.ModelException;
import io.drex.synthetic.SyntheticModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the text of {@code --model} or {@code --ramps} means. */
sealed interface ModelLocation {
  /** File systems that may be read; those without authentication of the server are not. */
  List<String> REMOTE_SCHEMES =
      List.of("hdfs", "viewfs", "s3a", "s3", "abfs", "abfss", "gs", "dbfs", "ofs", "o3fs");

  Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*");

  /**
   * @param name {@code bundled:} or {@code bundled:<model>}
   */
  record Bundled(String name) implements ModelLocation {}

  /** A file or folder that this host has. */
  record Local(Path path) implements ModelLocation {}

  /** A file or folder of a Hadoop file system. */
  record Remote(org.apache.hadoop.fs.Path path) implements ModelLocation {}

  /**
   * Reads a location.
   *
   * @throws ModelException for a scheme that is not allowed, naming those that are, and for
   *     synthetic models, which have no files
   */
  static ModelLocation parse(String text) {
    if (BundledModel.isBundled(text)) {
      return new Bundled(text);
    }
    if (SyntheticModel.isSynthetic(text)) {
      throw new ModelException(
          text
              + " (random weights in the shape "
              + SyntheticModel.shapeName(text)
              + ") has no tokenizer: it reads and writes no text and only serves measurements of"
              + " speed (bench kernels); name a model folder or bundled:");
    }
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      return new Local(Path.of(text));
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    if (scheme.equals("file")) {
      return new Local(Path.of(URI.create(text).getPath()));
    }
    if (!REMOTE_SCHEMES.contains(scheme)) {
      throw new ModelException(
          "a model or ramp file cannot be read from a "
              + scheme
              + ": address; use bundled:, a local path, or one of the file systems "
              + String.join(", ", REMOTE_SCHEMES));
    }
    return new Remote(new org.apache.hadoop.fs.Path(text));
  }
}
