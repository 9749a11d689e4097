package io.drex.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON of untrusted files: bounded depth, no duplicate keys, strict UTF-8, nothing after the
 * document, and never a type named by the document (default typing is off and stays off).
 */
final class Json {
  static final int MAX_DEPTH = 64;

  static final JsonMapper MAPPER =
      JsonMapper.builder(factory())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .deactivateDefaultTyping()
          .build();

  private Json() {}

  private static JsonFactory factory() {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(100).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /** The object in {@code bytes}; {@code source} names the file in messages. */
  static ObjectNode object(byte[] bytes, String source) {
    try {
      JsonNode node = MAPPER.readTree(reader(bytes));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new ModelException(source + ": not a JSON object");
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  /** A streaming parser over {@code bytes}, under the same limits. */
  static JsonParser parser(byte[] bytes) throws IOException {
    return MAPPER.createParser(reader(bytes));
  }

  static ModelException unreadable(String source, IOException cause) {
    if (cause instanceof CharacterCodingException) {
      return new ModelException(source + ": not valid UTF-8", cause);
    }
    if (cause instanceof JacksonException json) {
      JsonLocation at = json.getLocation();
      String where = at == null ? "" : " (line " + at.getLineNr() + ")";
      return new ModelException(
          source + ": not valid JSON" + where + ": " + json.getOriginalMessage(), cause);
    }
    return new ModelException(source + ": cannot be read: " + cause.getMessage(), cause);
  }

  // A reader with a strict decoder, because Jackson guesses UTF-16 and UTF-32 from raw bytes.
  private static InputStreamReader reader(byte[] bytes) {
    return new InputStreamReader(
        new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
  }
}
