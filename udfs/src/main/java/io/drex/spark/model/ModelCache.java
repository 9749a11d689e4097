package io.drex.spark.model;

import io.drex.model.BundledModel;
import io.drex.model.ModelException;
import io.drex.model.RampFile;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.hash.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's copies of models. A remote model is copied once per host, whichever of its processes
 * and threads asks first; the others wait for it. Driver and executors use it alike.
 */
public final class ModelCache {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  /** A ramp file's size limit; real ones have a few hundred bytes. */
  private static final int MAX_RAMP_BYTES = 4 << 20;

  /** Disk space to leave free beside the copy. */
  private static final long SPARE_BYTES = 256L << 20;

  private static final int HASH_CHARS_IN_NAME = 16;

  private final Path root;
  private final Configuration hadoop;
  private final FreeSpace freeSpace;

  /** Tells how many bytes can be written to the file system of a folder. */
  interface FreeSpace {
    long bytes(Path folder) throws IOException;
  }

  ModelCache(Path root, Configuration hadoop, FreeSpace freeSpace) {
    this.root = root;
    this.hadoop = hadoop;
    this.freeSpace = freeSpace;
  }

  /** The cache that a configuration names; by default one per user in the temp dir. */
  public static ModelCache of(DrexConfig config, Configuration hadoop) {
    Path root =
        config
            .optional(ConfigKeys.MODEL_CACHE)
            .map(Path::of)
            .orElseGet(
                () ->
                    Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "drex-models-" + System.getProperty("user.name")));
    return new ModelCache(root, hadoop, folder -> Files.getFileStore(folder).getUsableSpace());
  }

  /**
   * Makes the configured model and ramps available on this host.
   *
   * @throws ModelException saying what is missing, where, and what to do
   */
  public StagedModel stage(DrexConfig config) {
    String model = config.value(ConfigKeys.MODEL);
    Optional<String> ramps = config.optional(ConfigKeys.RAMPS);
    try {
      return new StagedModel(
          name(model), folder(ModelLocation.parse(model)), ramps.map(this::ramps));
    } catch (IOException e) {
      throw new ModelException("the model cannot be staged in " + root + ": " + e.getMessage(), e);
    }
  }

  private Path folder(ModelLocation location) throws IOException {
    if (location instanceof ModelLocation.Bundled bundled) {
      return BundledModel.extract(bundled.name(), PrivateFolder.ensure(root));
    } else if (location instanceof ModelLocation.Remote remote) {
      return copyOf(RemoteModel.list(remote.path(), hadoop));
    } else if (location instanceof ModelLocation.Local local) {
      return existing(local.path());
    }
    throw new IllegalStateException("no such location: " + location);
  }

  private static Path existing(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          "model folder "
              + folder
              + " does not exist on host "
              + InetAddress.getLocalHost().getHostName()
              + "; put it there on every host, or give the URI of a shared file system");
    }
    return folder;
  }

  private Path copyOf(RemoteModel remote) throws IOException {
    PrivateFolder.ensure(root);
    String name =
        remote.uri().getName()
            + "-"
            + Sha256.hex(remote.identity()).substring(0, HASH_CHARS_IN_NAME);
    Path folder = root.resolve(name);
    try (HostLock lock = HostLock.acquire(root.resolve(name + ".lock"))) {
      if (!Files.isDirectory(folder) || !remote.isCopiedTo(folder)) {
        PrivateFolder.delete(folder);
        deleteLeftovers(name);
        copy(remote, folder);
      }
    }
    return folder;
  }

  private void copy(RemoteModel remote, Path folder) throws IOException {
    long free = freeSpace.bytes(root);
    if (free < remote.bytes() + SPARE_BYTES) {
      throw new ModelException(
          "model "
              + remote.uri()
              + " has "
              + remote.bytes()
              + " bytes, but "
              + root
              + " has "
              + free
              + " free, of which "
              + SPARE_BYTES
              + " are to stay free; choose another folder with --model-cache");
    }
    long start = System.nanoTime();
    Path partial = PrivateFolder.createTemporary(root, partialPrefix(folder.getFileName()));
    try {
      remote.copyTo(partial);
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      PrivateFolder.delete(partial);
    }
    LOG.info(
        "Copied model {} ({} bytes) to {} in {} ms",
        remote.uri(),
        remote.bytes(),
        folder,
        (System.nanoTime() - start) / 1_000_000);
  }

  /** Removes what dead processes left; nobody else copies this model while we hold its lock. */
  private void deleteLeftovers(String name) throws IOException {
    List<Path> leftovers;
    try (Stream<Path> entries = Files.list(root)) {
      String prefix = partialPrefix(Path.of(name));
      leftovers =
          entries.filter(entry -> entry.getFileName().toString().startsWith(prefix)).toList();
    }
    for (Path leftover : leftovers) {
      PrivateFolder.delete(leftover);
    }
  }

  private static String partialPrefix(Path folderName) {
    return folderName + ".partial-";
  }

  private StagedModel.Ramps ramps(String text) {
    ModelLocation location = ModelLocation.parse(text);
    try {
      if (location instanceof ModelLocation.Local local) {
        try (InputStream in = Files.newInputStream(local.path())) {
          return ramps(text, in);
        }
      } else if (location instanceof ModelLocation.Remote remote) {
        try (InputStream in = remote.path().getFileSystem(hadoop).open(remote.path())) {
          return ramps(text, in);
        }
      }
    } catch (IOException e) {
      throw new ModelException(
          "ramp file "
              + text
              + " cannot be read: "
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage(),
          e);
    }
    throw new ModelException("ramp file " + text + ": a bundled model is not a ramp file");
  }

  private static StagedModel.Ramps ramps(String source, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_RAMP_BYTES + 1);
    if (bytes.length > MAX_RAMP_BYTES) {
      throw new ModelException(
          "ramp file " + source + " has more than " + MAX_RAMP_BYTES + " bytes");
    }
    String json = new String(bytes, StandardCharsets.UTF_8);
    return new StagedModel.Ramps(source, RampFile.parse(json, source));
  }

  private static String name(String model) {
    String path = model.replaceAll("/+$", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
