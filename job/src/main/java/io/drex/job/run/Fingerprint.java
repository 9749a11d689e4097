package io.drex.job.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.spark.hash.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that changes a row's results, by name. Equal fingerprints give equal bytes; what does
 * not change results (slots, threads, partitions, cluster) is not in it.
 *
 * @param parts text by name, sorted
 */
public record Fingerprint(Map<String, String> parts) {
  private static final int SHOWN_CHARS = 60;
  private static final JsonMapper CANONICAL = JsonMapper.builder().build();

  public Fingerprint {
    parts = java.util.Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  /** SHA-256 (hex) of the parts as JSON with sorted keys and no spaces. */
  public String hash() {
    try {
      return Sha256.hex(CANONICAL.writeValueAsString(parts).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can always be written as JSON", e);
    }
  }

  /** {@code {"sha256": …, "parts": {…}}}. */
  public ObjectNode json() {
    ObjectNode json = JsonFile.mapper().createObjectNode();
    json.put("sha256", hash());
    ObjectNode named = json.putObject("parts");
    parts.forEach(named::put);
    return json;
  }

  /** Reads what {@link #json} wrote. */
  static Fingerprint of(JsonNode json) {
    Map<String, String> parts = new TreeMap<>();
    json.path("parts").properties().forEach(e -> parts.put(e.getKey(), e.getValue().asText()));
    return new Fingerprint(parts);
  }

  /** The parts that differ, one a line: name, value here, value there. */
  String differences(Fingerprint other) {
    Set<String> names = new TreeSet<>(parts.keySet());
    names.addAll(other.parts.keySet());
    StringJoiner lines = new StringJoiner("\n");
    for (String name : names) {
      String before = parts.getOrDefault(name, "(absent)");
      String now = other.parts.getOrDefault(name, "(absent)");
      if (!before.equals(now)) {
        lines.add("  " + name + ": " + shown(before) + " → " + shown(now));
      }
    }
    return lines.toString();
  }

  private static String shown(String value) {
    String line = value.replace("\n", "\\n");
    return line.length() <= SHOWN_CHARS
        ? "'" + line + "'"
        : "'" + line.substring(0, SHOWN_CHARS) + "…' (" + value.length() + " characters)";
  }
}
