package io.drex.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.model.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a {@code tokenizer.json}, by id and by text, without duplicates or holes.
 *
 * <p>Control tokens are all added tokens but runs of whitespace: some files do not mark every token
 * that steers the model as special.
 */
final class Vocabulary {
  private static final int MAX_TOKENS = 1 << 24;

  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> texts = new HashMap<>();
  private final Map<String, Integer> control = new HashMap<>();

  private Vocabulary() {}

  /** Reads {@code model.vocab} and {@code added_tokens}. */
  static Vocabulary read(ObjectNode file) {
    Vocabulary vocabulary = new Vocabulary();
    JsonNode vocab = file.path("model").path("vocab");
    if (!vocab.isObject()) {
      throw refuse("model.vocab", "missing or not an object");
    }
    for (Iterator<Map.Entry<String, JsonNode>> i = vocab.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = i.next();
      vocabulary.add("model.vocab", entry.getKey(), entry.getValue());
    }
    for (JsonNode added : file.path("added_tokens")) {
      vocabulary.addAdded(added);
    }
    vocabulary.refuseHoles();
    return vocabulary;
  }

  int size() {
    return texts.size();
  }

  /** The token's text as the file writes it. */
  String text(int id) {
    String text = texts.get(id);
    if (text == null) {
      throw new IndexOutOfBoundsException("no token " + id + " of " + size());
    }
    return text;
  }

  /** The id of a token's text, or null. */
  @Nullable Integer id(String text) {
    return ids.get(text);
  }

  /** Control tokens, id by text. */
  Map<String, Integer> control() {
    return control;
  }

  /** The most UTF-8 bytes of a token's text; no token stands for more bytes of a prompt. */
  int longestBytes() {
    return ids.keySet().stream()
        .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
        .max()
        .orElse(1);
  }

  private void addAdded(JsonNode added) {
    JsonNode content = added.path("content");
    if (!content.isTextual() || content.textValue().isEmpty()) {
      throw refuse("added_tokens", added + " has no content");
    }
    String text = content.textValue();
    Integer known = ids.get(text);
    if (known == null) {
      add("added_tokens", text, added.path("id"));
    } else if (!added.path("id").isInt() || added.path("id").intValue() != known) {
      throw refuse(
          "added_tokens",
          "'" + text + "' has id " + added.path("id") + " here and " + known + " elsewhere");
    }
    if (text.isBlank()) {
      return;
    }
    if (added.path("single_word").booleanValue()) {
      throw refuse("added_tokens", "'" + text + "' has single_word, which is not supported");
    }
    if (control.put(text, added.path("id").intValue()) != null) {
      throw refuse("added_tokens", "'" + text + "' is listed twice");
    }
  }

  private void add(String key, String text, JsonNode id) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() >= MAX_TOKENS) {
      throw refuse(
          key, "'" + text + "' has id " + id + ", not an integer in [0, " + MAX_TOKENS + ")");
    }
    String other = texts.put(id.intValue(), text);
    if (other != null) {
      throw refuse(key, "id " + id + " belongs to both '" + other + "' and '" + text + "'");
    }
    ids.put(text, id.intValue());
  }

  private void refuseHoles() {
    for (int id = 0; id < texts.size(); id++) {
      if (!texts.containsKey(id)) {
        throw refuse(
            "model.vocab",
            "no token has id " + id + ", yet there are " + texts.size() + "; ids must be 0, 1, 2…");
      }
    }
  }

  private static ModelException refuse(String key, String what) {
    return new ModelException(TokenizerFile.NAME + ": " + key + ": " + what);
  }
}
