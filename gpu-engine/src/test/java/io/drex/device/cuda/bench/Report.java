package io.drex.device.cuda.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All parts, by the order in which their stages first ran. */
public record Report(List<Part> parts) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  public Report {
    parts = List.copyOf(parts);
  }

  /** The report that a folder has from an earlier run, or an empty one. */
  static Report read(Path file) throws IOException {
    return Files.exists(file)
        ? MAPPER.readValue(file.toFile(), Report.class)
        : new Report(List.of());
  }

  /** What a stage wrote. */
  static Part readPart(Path file) throws IOException {
    return MAPPER.readValue(file.toFile(), Part.class);
  }

  /** Writes a part; what was there before is replaced, and never read half. */
  static void write(Part part, Path file) throws IOException {
    replace(file, MAPPER.writeValueAsBytes(part));
  }

  /** Writes the report as JSON and as a page. */
  void write(Path json, Path page) throws IOException {
    replace(json, MAPPER.writeValueAsBytes(this));
    Files.writeString(page, Page.of(this));
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path half = file.resolveSibling(file.getFileName() + ".half");
    Files.write(half, bytes);
    Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** This with a part in place of an earlier one of its stage. */
  Report with(Part part) {
    List<Part> next = new ArrayList<>(parts);
    for (int i = 0; i < next.size(); i++) {
      if (next.get(i).stage().equals(part.stage())) {
        next.set(i, part);
        return new Report(next);
      }
    }
    next.add(part);
    return new Report(next);
  }

  /** This without the part of a stage. */
  Report without(String stage) {
    return new Report(parts.stream().filter(part -> !part.stage().equals(stage)).toList());
  }

  /** A table by its id. */
  Optional<Table> table(String id) {
    return parts.stream()
        .flatMap(part -> part.tables().stream())
        .filter(table -> table.id().equals(id))
        .findFirst();
  }
}
