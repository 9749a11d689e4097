package io.drex.spark.conf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.List;

/** The value of {@code --stop}: one text to the letter, or a JSON array of texts. */
final class StopOption {
  private static final ObjectReader TEXTS =
      new ObjectMapper()
          .readerForListOf(String.class)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private StopOption() {}

  /**
   * @throws IllegalArgumentException if it begins like an array and is none of texts
   */
  static List<String> parse(String text) {
    if (!text.startsWith("[")) {
      return List.of(text);
    }
    try {
      return List.copyOf(TEXTS.<List<String>>readValue(text));
    } catch (JsonProcessingException | NullPointerException e) {
      throw new IllegalArgumentException("not a JSON array of texts", e);
    }
  }
}
