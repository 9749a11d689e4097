package io.drex.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.drex.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Loads the Hugging Face tokenizers library out of its jar, once per process. It is unpacked to a
 * private directory, mode 0700, which is gone when loading ends.
 *
 * <p>The jar's own loader is left out: it initialises CUDA where it finds it, keeps the library in
 * a shared cache, and may download another build. So is its Java tokenizer, which reports its first
 * use to a server, truncates by default and copies eight arrays for each text. Nothing here opens a
 * connection or reads the environment.
 */
final class NativeTokenizers {
  private NativeTokenizers() {}

  /**
   * The loaded library; its functions may be called from any thread.
   *
   * @throws ModelException if it cannot be loaded, the same one each time
   */
  static TokenizersLibrary library() {
    if (Loaded.FAILURE != null) {
      throw Loaded.FAILURE;
    }
    return TokenizersLibrary.LIB;
  }

  private static final class Loaded {
    static final @Nullable ModelException FAILURE = load();
  }

  private static @Nullable ModelException load() {
    try {
      Path directory = Files.createTempDirectory("drex-tokenizers");
      Path library = directory.resolve("libtokenizers");
      try {
        unpack(library);
        System.load(library.toString());
        return null;
      } finally {
        Files.deleteIfExists(library);
        Files.delete(directory);
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      return new ModelException(
          "the tokenizers library cannot be loaded: "
              + e.getMessage()
              + "; java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + ") must have 20 MB free and allow executable files",
          e);
    }
  }

  private static void unpack(Path library) throws IOException {
    String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
    try (InputStream in = TokenizersLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no " + resource + " in the tokenizers jar");
      }
      Files.copy(in, library);
    }
  }

  /** Where the jar keeps the build for an operating system and architecture. */
  static String resource(String osName, String osArch) {
    boolean mac = osName.toLowerCase(Locale.ROOT).startsWith("mac");
    String arch = osArch.equals("amd64") ? "x86_64" : osArch;
    String os = mac ? "osx" : osName.toLowerCase(Locale.ROOT);
    String suffix = mac ? "dylib" : "so";
    return "/native/lib/" + os + "-" + arch + "/cpu/libtokenizers." + suffix;
  }
}
