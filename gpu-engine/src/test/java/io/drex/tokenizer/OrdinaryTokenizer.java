package io.drex.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The oracle: the native library with a {@code tokenizer.json} as it is. */
final class OrdinaryTokenizer implements AutoCloseable {
  private final TokenizersLibrary library = NativeTokenizers.library();
  private final long handle;

  OrdinaryTokenizer(Path json) throws IOException {
    handle = library.createTokenizerFromString(Files.readString(json));
  }

  /** The ids of a text, with what the file's post-processor adds. */
  int[] encode(String text) {
    long encoding = library.encode(handle, text, true);
    try {
      return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  @Override
  public void close() {
    library.deleteTokenizer(handle);
  }
}
