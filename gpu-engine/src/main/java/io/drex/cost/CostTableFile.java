package io.drex.cost;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.policy.CostTable;
import io.drex.policy.SegmentCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A cost table as JSON: {@code {"name":"…","segments":[{"kind":"fitted","call":12.5,…},…]}}, one
 * object per segment with the components of its {@link SegmentCost}, in microseconds.
 */
public final class CostTableFile {
  private static final long MOST_BYTES = 1 << 20;
  private static final String KIND = "kind";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private enum Kind {
    ROOFLINE(SegmentCost.Roofline.class),
    FITTED(SegmentCost.Fitted.class);

    private final Class<? extends SegmentCost> type;

    Kind(Class<? extends SegmentCost> type) {
      this.type = type;
    }

    static Kind of(SegmentCost cost) {
      return cost instanceof SegmentCost.Roofline ? ROOFLINE : FITTED;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private CostTableFile() {}

  /** Writes a table; what was there before is replaced, and never read half. */
  public static void write(CostTable table, Path file) throws IOException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("name", table.name());
    ArrayNode segments = root.putArray("segments");
    for (SegmentCost cost : table.segments()) {
      ObjectNode segment = segments.addObject();
      segment.put(KIND, Kind.of(cost).text());
      segment.setAll(MAPPER.<ObjectNode>valueToTree(cost));
    }
    Path folder = file.toAbsolutePath().getParent();
    Path draft = Files.createTempFile(folder, "cost-table", ".tmp");
    try {
      Files.writeString(draft, root.toPrettyString() + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Reads a table.
   *
   * @throws IOException if the file cannot be read, or is not a cost table; the message names the
   *     file and what is wrong
   */
  public static CostTable read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException(file + " is too large for a cost table");
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (!root.path("name").isTextual() || !root.path("segments").isArray()) {
      throw new IOException(file + " is not a cost table: it needs a name and segments");
    }
    List<SegmentCost> segments = new ArrayList<>();
    for (JsonNode segment : root.get("segments")) {
      segments.add(segment(segment, file + ": segment " + segments.size()));
    }
    try {
      return new CostTable(root.get("name").textValue(), segments);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static SegmentCost segment(JsonNode node, String where) throws IOException {
    Kind kind = kind(node.path(KIND).asText(), where);
    ObjectNode components = ((ObjectNode) node).deepCopy();
    components.remove(KIND);
    for (JsonNode component : components) {
      double micros = component.doubleValue();
      if (!component.isNumber() || !(micros >= 0 && micros < Double.POSITIVE_INFINITY)) {
        throw new IOException(where + ": " + component + " is not a number of at least 0");
      }
    }
    try {
      return MAPPER.treeToValue(components, kind.type);
    } catch (JacksonException e) {
      throw new IOException(where + ": " + e.getOriginalMessage(), e);
    }
  }

  private static Kind kind(String text, String where) throws IOException {
    for (Kind kind : Kind.values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    throw new IOException(where + " has no kind that is known: roofline or fitted");
  }
}
