package io.drex.device.cuda.driver;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.driver.JCudaDriver;

/**
 * Loads JCuda's native library. JCuda itself unpacks it to one name for all users and processes of
 * a host, and another process may load it half-written; so it is unpacked here to a directory of
 * this process's own, mode 0700, where JCuda then finds it, and which is gone when loading ends.
 */
final class JcudaNatives {
  /** The library in JCuda's jar of natives, of the version in the parent pom. */
  static final String RESOURCE = "/lib/libJCudaDriver-12.6.0-linux-x86_64.so";

  private static final String FOLDER = "java.io.tmpdir";

  private JcudaNatives() {}

  /**
   * Loads the library, once per process: after a failure JCuda's classes are unusable for good.
   *
   * @throws IOException if it cannot be unpacked
   * @throws LinkageError if it cannot be loaded, for lack of a CUDA driver for one
   */
  static void load() throws IOException {
    Path folder = Files.createTempDirectory("drex-cuda");
    Path library = folder.resolve(RESOURCE.substring(RESOURCE.lastIndexOf('/') + 1));
    String before = System.getProperty(FOLDER);
    try (InputStream packed = JcudaNatives.class.getResourceAsStream(RESOURCE)) {
      if (packed == null) {
        throw new FileNotFoundException(RESOURCE);
      }
      Files.copy(packed, library);
      System.setProperty(FOLDER, folder.toString()); // read by JCuda when its class is initialised
      JCudaDriver.setExceptionsEnabled(false);
    } finally {
      System.setProperty(FOLDER, before);
      Files.deleteIfExists(library);
      Files.deleteIfExists(folder);
    }
  }
}
