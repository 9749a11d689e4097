package io.drex.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes that each token adds to decoded text, one token after the other. Decoding may still
 * take bytes away (a leading space, bytes that are no UTF-8), but it never adds any of its own but
 * U+FFFD. Immutable.
 */
final class TokenBytes {
  private static final byte[] NOTHING = {};

  private final byte[] bytes; // of all tokens
  private final int[] from; // [token], and the number of bytes at the end

  private TokenBytes(byte[] bytes, int[] from) {
    this.bytes = bytes;
    this.from = from;
  }

  /**
   * Reads a tokenizer file's decoder, step by step.
   *
   * @throws ModelException naming a step whose tokens' bytes are not known
   */
  static TokenBytes of(TokenizerFile file) {
    List<String[]> replacements = new ArrayList<>();
    addSteps(file.decoder(), replacements);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int[] from = new int[file.vocabulary().size() + 1];
    for (int id = 0; id < file.vocabulary().size(); id++) {
      from[id] = all.size();
      all.writeBytes(file.control().contains(id) ? NOTHING : bytesOf(file, id, replacements));
    }
    from[file.vocabulary().size()] = all.size();
    return new TokenBytes(all.toByteArray(), from);
  }

  private static byte[] bytesOf(TokenizerFile file, int id, List<String[]> replacements) {
    byte[] piece = file.tail().bytesOf(id);
    if (piece.length > 0) {
      return piece;
    }
    String text = file.vocabulary().text(id);
    for (String[] replacement : replacements) {
      text = text.replace(replacement[0], replacement[1]);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void addSteps(JsonNode step, List<String[]> replacements) {
    switch (step.path("type").asText()) {
      case "Sequence" -> step.path("decoders").forEach(inner -> addSteps(inner, replacements));
      case "ByteLevel", "ByteFallback", "Fuse", "Strip" -> {
        // Bytes are known from the token, or taken away.
      }
      case "Replace" -> {
        JsonNode pattern = step.path("pattern").path("String");
        if (!pattern.isTextual()) {
          throw refuse(step);
        }
        replacements.add(new String[] {pattern.textValue(), step.path("content").asText()});
      }
      case "Metaspace" ->
          replacements.add(new String[] {step.path("replacement").asText("\u2581"), " "});
      default -> throw refuse(step);
    }
  }

  private static ModelException refuse(JsonNode step) {
    return new ModelException(
        TokenizerFile.NAME
            + ": decoder: "
            + step
            + " is not supported where stop strings are asked for; known: ByteLevel, ByteFallback,"
            + " Fuse, Strip, Metaspace, and Replace of a string");
  }

  /** Where a token's bytes begin in {@link #at}; none for an id without a token. */
  int from(int token) {
    return from[Math.min(token, from.length - 1)];
  }

  /** Where they end. */
  int to(int token) {
    return from[Math.min(token + 1, from.length - 1)];
  }

  /** A byte, as a number in [0, 256). */
  int at(int index) {
    return bytes[index] & 0xFF;
  }
}
