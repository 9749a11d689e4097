package io.drex.demo.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The oracle: byte-pair encoding by a {@code tokenizer.json}, one merge rule after the other. */
final class PlainBpe {
  private final JsonNode model;
  private final Pattern words;
  private final Map<Integer, String> alphabet = new HashMap<>();

  PlainBpe(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    model = root.get("model");
    String regex = root.at("/pre_tokenizer/pretokenizers/0/pattern/Regex").asText();
    words = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    int extra = 0;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
      alphabet.put(b, Character.toString(shown ? b : 256 + extra++));
    }
  }

  List<Integer> encode(String text) {
    List<Integer> ids = new ArrayList<>();
    Matcher word = words.matcher(text);
    while (word.find()) {
      List<String> symbols = new ArrayList<>();
      for (byte b : word.group().getBytes(StandardCharsets.UTF_8)) {
        symbols.add(alphabet.get(b & 0xFF));
      }
      for (JsonNode merge : model.get("merges")) {
        String[] sides = merge.asText().split(" ");
        for (int i = 0; i + 1 < symbols.size(); i++) {
          if (symbols.get(i).equals(sides[0]) && symbols.get(i + 1).equals(sides[1])) {
            symbols.set(i, sides[0] + sides[1]);
            symbols.remove(i + 1);
          }
        }
      }
      symbols.forEach(symbol -> ids.add(model.get("vocab").get(symbol).asInt()));
    }
    return ids;
  }
}
