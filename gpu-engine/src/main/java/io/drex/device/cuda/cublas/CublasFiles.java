package io.drex.device.cuda.cublas;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where cuBLAS may lie. {@code DREX_CUBLAS}, a folder or a file, is the only place where it is set;
 * else CUDA's toolkits come first, then conda's environment, then the site-packages of Pythons,
 * whose packages {@code nvidia-cublas} bring it, and the dynamic linker last.
 *
 * @param root the file system's, under which toolkits and Pythons are installed
 * @param environment of the process
 */
record CublasFiles(Path root, Map<String, String> environment) {
  /** Names one place. */
  static final String VARIABLE = "DREX_CUBLAS";

  private static final String CONDA = "CONDA_PREFIX"; // folder of the environment in use
  private static final String NAME = "libcublas.so.";

  /** Of cuBLAS, newest first; those whose functions are as they are called here. */
  private static final List<Integer> MAJORS = List.of(13, 12);

  private static final List<String> PACKAGES =
      List.of("lib/python3*/site-packages", "lib/python3*/dist-packages");

  /** Major versions that are used, for messages. */
  static String majors() {
    return String.join(" and ", MAJORS.stream().map(String::valueOf).toList());
  }

  /** Whether a major version is used with a driver. */
  static boolean isServed(int major, int driverVersion) {
    return MAJORS.contains(major) && major <= driverVersion / 1000;
  }

  /**
   * The names that a driver can serve, best first.
   *
   * @param driverVersion newest CUDA that it serves: 12040 is 12.4
   */
  static List<String> names(int driverVersion) {
    List<String> names = new ArrayList<>();
    for (int major : MAJORS) {
      if (isServed(major, driverVersion)) {
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
    if (isNamed()) {
      List<Path> named = folder(VARIABLE).map(Path::toAbsolutePath).stream().toList();
      return named.stream().anyMatch(Files::isRegularFile) ? named : found(named, names);
    }
    for (List<Path> place : places()) {
      List<Path> found = found(place, names);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return names.stream().map(Path::of).toList();
  }

  private boolean isNamed() {
    return !environment.getOrDefault(VARIABLE, "").isEmpty();
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
    places.add(folder(CONDA).map(conda -> conda.resolve("lib")).stream().toList());
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
    folder("VIRTUAL_ENV").ifPresent(pythons::add);
    folder(CONDA).ifPresent(pythons::add);
    folder("HOME").map(home -> home.resolve(".local")).ifPresent(pythons::add);
    for (String folder : new String[] {"usr/local", "usr", "opt/conda"}) {
      pythons.add(root.resolve(folder));
    }
    return pythons;
  }

  /** What a variable names; empty where that cannot be the name of a file on this system. */
  private Optional<Path> folder(String variable) {
    String name = environment.getOrDefault(variable, "");
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty(); // the locale's encoding has no such characters
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
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // a folder that cannot be read has no library for this process
    }
    children.sort(Collections.reverseOrder());
    return children;
  }

  /** What was looked through, to follow "in". */
  String description() {
    return isNamed()
        ? environment.get(VARIABLE) + ", which " + VARIABLE + " names"
        : root.resolve("usr/local/cuda*/lib64")
            + ", lib of "
            + CONDA
            + ", nvidia/*/lib of the site-packages in "
            + pythons()
            + ", or where the dynamic linker looks";
  }
}
