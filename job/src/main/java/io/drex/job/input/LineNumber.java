package io.drex.job.input;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Finds a line again that Spark, which reads parts of files, cannot number. */
final class LineNumber {
  private LineNumber() {}

  /** The number, from 1, of the first line with this text; nothing if it cannot be found. */
  static OptionalLong of(String text, Path file, Configuration hadoop) {
    try (BufferedReader lines = open(file, hadoop)) {
      long number = 0;
      String line = lines.readLine();
      while (line != null) {
        number++;
        if (line.equals(text)) {
          return OptionalLong.of(number);
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      return OptionalLong.empty(); // the message names the file all the same
    }
    return OptionalLong.empty();
  }

  private static BufferedReader open(Path file, Configuration hadoop) throws IOException {
    InputStream bytes = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    InputStream plain = codec == null ? bytes : codec.createInputStream(bytes);
    return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }
}
