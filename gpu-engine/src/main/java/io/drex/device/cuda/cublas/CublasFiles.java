package io.drex.device.cuda.cublas;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where cuBLAS may lie. {@code DREX_CUBLAS}, a folder or a file, is the only place where it is set;
 * else CUDA's toolkits come first, then the site-packages of Pythons, whose packages {@code
 * nvidia-cublas} bring it, and the dynamic linker last.
 *
 * @param root the file system's, under which toolkits and Pythons are installed
 * @param environment of the process
 */
record CublasFiles(Path root, Map<String, String> environment) {
  /** Names one place. */
  static final String VARIABLE = "DREX_CUBLAS";

  private static final String NAME = "libcublas.so.";

  /** Of cuBLAS, newest first; those whose functions are as they are called here. */
  private static final int[] MAJORS = {13, 12};

  private static final List<String> PACKAGES =
      List.of("lib/python3*/site-packages", "lib/python3*/dist-packages");

  /**
   * The names that a driver can serve, best first.
   *
   * @param driverVersion newest CUDA that it serves: 12040 is 12.4
   */
  static List<String> names(int driverVersion) {
    List<String> names = new ArrayList<>();
    for (int major : MAJORS) {
      if (major <= driverVersion / 1000) {
        names.add(NAME + major);
      }
    }
    return names;
  }

  /**
   * The file of these names in the first place that has one; where no place has, the names alone,
   * which the dynamic linker looks for.
   *
   * @param names best first
   */
  List<Path> candidates(List<String> names) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      Path place = Path.of(named).toAbsolutePath();
      return Files.isRegularFile(place) ? List.of(place) : found(List.of(place), names);
    }
    for (List<Path> place : places()) {
      List<Path> found = found(place, names);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return names.stream().map(Path::of).toList();
  }

  /** The first file of a place, if any; of all its folders the best name. */
  private static List<Path> found(List<Path> folders, List<String> names) {
    return names.stream()
        .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
        .filter(Files::isRegularFile)
        .limit(1)
        .toList();
  }

  /** The folders of each place but the dynamic linker's, best place first. */
  private List<List<Path>> places() {
    List<List<Path>> places = new ArrayList<>();
    places.add(matching(root, "usr/local/cuda*/lib64"));
    for (Path python : pythons()) {
      for (String packages : PACKAGES) {
        places.add(matching(python, packages + "/nvidia/*/lib"));
      }
    }
    return places;
  }

  /** Folders that Pythons are installed in. */
  private List<Path> pythons() {
    List<Path> pythons = new ArrayList<>();
    addIfSet(pythons, environment.get("VIRTUAL_ENV"));
    addIfSet(pythons, environment.get("CONDA_PREFIX"));
    String home = environment.get("HOME");
    addIfSet(pythons, home == null ? null : home + "/.local");
    for (String folder : new String[] {"usr/local", "usr", "opt/conda"}) {
      pythons.add(root.resolve(folder));
    }
    return pythons;
  }

  private static void addIfSet(List<Path> folders, @Nullable String folder) {
    if (folder != null && !folder.isEmpty()) {
      folders.add(Path.of(folder));
    }
  }

  /**
   * Folders of a pattern; those that match a part of it come by name, the last first: the newest.
   *
   * @param pattern parts between slashes, some with a {@code *}
   */
  private static List<Path> matching(Path from, String pattern) {
    List<Path> folders = List.of(from);
    for (String part : pattern.split("/", -1)) {
      List<Path> deeper = new ArrayList<>();
      for (Path folder : folders) {
        deeper.addAll(part.contains("*") ? children(folder, part) : List.of(folder.resolve(part)));
      }
      folders = deeper;
    }
    return folders;
  }

  private static List<Path> children(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> matching = Files.newDirectoryStream(folder, glob)) {
      matching.forEach(children::add);
    } catch (IOException e) {
      return List.of(); // a folder that cannot be read has no library for this process
    }
    children.sort(Collections.reverseOrder());
    return children;
  }

  /** What was looked through, to follow "in". */
  String description() {
    String named = environment.getOrDefault(VARIABLE, "");
    return named.isEmpty()
        ? root.resolve("usr/local/cuda*/lib64")
            + ", nvidia/*/lib of the site-packages in "
            + pythons()
            + ", or where the dynamic linker looks"
        : named + ", which " + VARIABLE + " names";
  }
}
