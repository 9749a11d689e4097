package io.drex.spark.model;

import io.drex.model.ModelException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** Folders that only their owner can enter (mode 0700), where the file system knows modes. */
final class PrivateFolder {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private PrivateFolder() {}

  /**
   * Makes a folder unless it is there.
   *
   * @throws ModelException if the one that is there is another user's, or others may write to it:
   *     they could replace models
   */
  static Path ensure(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder, ownerOnly());
    }
    if (POSIX) {
      requireOwn(folder);
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder);
      if (mode.contains(PosixFilePermission.GROUP_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new ModelException(
            "model cache "
                + folder
                + " can be written to by others; chmod 700 it or choose another"
                + " folder with --model-cache");
      }
    }
    return folder;
  }

  /** The system's temp folder is open to all, so the name may have been taken before us. */
  private static void requireOwn(Path folder) throws IOException {
    UserPrincipal owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS);
    Path mine = Files.createTempFile("drex-owner", null);
    try {
      if (!owner.equals(Files.getOwner(mine))) {
        throw new ModelException(
            "model cache "
                + folder
                + " belongs to the user "
                + owner.getName()
                + ", who could replace models; choose another folder with --model-cache");
      }
    } finally {
      Files.delete(mine);
    }
  }

  /** A new folder beside others, for something that is not complete yet. */
  static Path createTemporary(Path parent, String prefix) throws IOException {
    return Files.createTempDirectory(parent, prefix, ownerOnly());
  }

  /** Deletes a folder and all in it; nothing happens if it is not there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }
}
