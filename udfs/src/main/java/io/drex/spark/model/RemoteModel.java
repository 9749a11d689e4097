package io.drex.spark.model;

import io.drex.model.ModelException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model folder of a Hadoop file system: its files that we read, by name.
 *
 * @param uri the folder
 * @param files {@code *.json}, {@code *.safetensors} and the prompt template, sorted by name
 */
record RemoteModel(FileSystem fs, Path uri, List<FileStatus> files) {

  static RemoteModel list(Path folder, Configuration hadoop) throws IOException {
    FileSystem fs = folder.getFileSystem(hadoop);
    List<FileStatus> files = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (FileStatus status : children(fs, folder)) {
      String name = status.getPath().getName();
      if (status.isFile() && isRead(name)) {
        files.add(status);
      } else {
        others.add(name);
      }
    }
    if (files.stream().noneMatch(file -> file.getPath().getName().endsWith(".safetensors"))) {
      throw new ModelException(
          "model folder "
              + folder
              + " has no .safetensors file (it has "
              + others
              + "); convert the weights to safetensors, other formats are never opened");
    }
    files.sort(Comparator.comparing(FileStatus::getPath));
    return new RemoteModel(fs, folder, List.copyOf(files));
  }

  private static FileStatus[] children(FileSystem fs, Path folder) throws IOException {
    try {
      return fs.listStatus(folder);
    } catch (FileNotFoundException e) {
      throw new ModelException("model folder " + folder + " does not exist; check the URI", e);
    }
  }

  private static boolean isRead(String name) {
    return name.endsWith(".json")
        || name.endsWith(".safetensors")
        || name.equals("prompt-template.txt");
  }

  /** What the folder holds, as far as can be told without reading it; the copy's identity. */
  byte[] identity() {
    StringBuilder identity = new StringBuilder(uri.toString());
    for (FileStatus file : files) {
      identity
          .append('\n')
          .append(file.getPath().getName())
          .append('\n')
          .append(file.getLen())
          .append('\n')
          .append(file.getModificationTime());
    }
    return identity.toString().getBytes(StandardCharsets.UTF_8);
  }

  long bytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** Whether a local folder has all files in their full length. */
  boolean isCopiedTo(java.nio.file.Path folder) throws IOException {
    for (FileStatus file : files) {
      java.nio.file.Path copy = folder.resolve(file.getPath().getName());
      if (!Files.isRegularFile(copy) || Files.size(copy) != file.getLen()) {
        return false;
      }
    }
    return true;
  }

  void copyTo(java.nio.file.Path folder) throws IOException {
    for (FileStatus file : files) {
      java.nio.file.Path copy = folder.resolve(file.getPath().getName());
      try (InputStream in = fs.open(file.getPath())) {
        Files.copy(in, copy);
      }
      if (Files.size(copy) != file.getLen()) {
        throw new IOException(
            file.getPath()
                + " has "
                + file.getLen()
                + " bytes, but "
                + Files.size(copy)
                + " came; is somebody writing to the model folder?");
      }
    }
  }
}
