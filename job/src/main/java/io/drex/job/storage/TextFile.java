package io.drex.job.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A small UTF-8 file that a user names: a configuration, a template, a ramp file. */
public final class TextFile {
  private static final int MAX_BYTES = 1 << 20;

  private TextFile() {}

  /**
   * Reads a local file or a Hadoop URI. A name without a scheme is a local file if there is one
   * (spark-submit's {@code --files} puts them into the working folder), else a path on the default
   * file system.
   *
   * @throws IOException if it cannot be read, is longer than 1 MiB, or is not UTF-8
   */
  public static String read(String name, Configuration hadoop) throws IOException {
    byte[] bytes;
    try (InputStream in = open(name, hadoop)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("it is longer than " + MAX_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8 text", e);
    }
  }

  /** A prompt template's text: without the line break that editors put at the end of a file. */
  public static String template(String fileText) {
    return fileText.replaceFirst("\\r?\\n\\z", "");
  }

  private static InputStream open(String name, Configuration hadoop) throws IOException {
    if (!name.contains(":")) {
      java.nio.file.Path local = java.nio.file.Path.of(name);
      if (Files.isRegularFile(local)) {
        return Files.newInputStream(local);
      }
    }
    Path path = new Path(name);
    return path.getFileSystem(hadoop).open(path);
  }
}
