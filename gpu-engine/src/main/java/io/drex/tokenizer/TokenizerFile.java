package io.drex.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.model.ModelException;
import io.drex.model.ModelFolder;
import java.util.ArrayList;
import java.util.List;

/**
 * A validated {@code tokenizer.json} with what {@code tokenizer_config.json} adds.
 *
 * @param json the file for the native library: control tokens under their aliases, no
 *     post-processor (the prefix is ours to add), no truncation or padding
 * @param prefix ids that begin every prompt, the beginning-of-sequence token in general
 * @param decoder the file's, as it stands
 */
record TokenizerFile(
    String json,
    Vocabulary vocabulary,
    ControlTokens control,
    int[] prefix,
    UnfinishedTail tail,
    JsonNode decoder) {
  static final String NAME = "tokenizer.json";

  private static final String CONFIG = "tokenizer_config.json";
  private static final long MAX_BYTES = 64L << 20;
  private static final long MAX_CONFIG_BYTES = 4L << 20;

  static TokenizerFile read(ModelFolder folder) {
    ObjectNode file = folder.json(NAME, MAX_BYTES);
    requireDeterministicBpe(file.path("model"));
    Vocabulary vocabulary = Vocabulary.read(file);
    int[] prefix = prefix(folder, file, vocabulary);
    UnfinishedTail tail = UnfinishedTail.of(file.path("decoder"), vocabulary);
    ControlTokens control = new ControlTokens(vocabulary.control());
    rename(file, control);
    JsonNode decoder = file.path("decoder").deepCopy();
    return new TokenizerFile(file.toString(), vocabulary, control, prefix, tail, decoder);
  }

  private static void requireDeterministicBpe(JsonNode model) {
    String type = model.path("type").asText("BPE");
    if (!type.equals("BPE")) {
      throw refuse("model.type", "\"" + type + "\" is not supported; only \"BPE\"");
    }
    if (model.path("dropout").isNumber()) {
      throw refuse("model.dropout", "not supported; the same text must give the same tokens");
    }
  }

  private static int[] prefix(ModelFolder folder, ObjectNode file, Vocabulary vocabulary) {
    ObjectNode config =
        folder.has(CONFIG) ? folder.json(CONFIG, MAX_CONFIG_BYTES) : file.objectNode();
    if (config.path("add_eos_token").asBoolean()) {
      throw new ModelException(
          CONFIG + ": add_eos_token: a prompt that ends cannot be continued; set it to false");
    }
    if (!config.path("add_bos_token").isBoolean()) {
      return templatePrefix(file.path("post_processor"));
    }
    if (!config.path("add_bos_token").booleanValue()) {
      return new int[0];
    }
    JsonNode token = config.path("bos_token");
    String text = token.isObject() ? token.path("content").asText() : token.asText();
    Integer id = vocabulary.id(text);
    if (id == null) {
      throw new ModelException(CONFIG + ": bos_token: " + token + " is not in " + NAME);
    }
    return new int[] {id};
  }

  private static int[] templatePrefix(JsonNode processor) {
    List<Integer> ids = new ArrayList<>();
    Iterable<JsonNode> steps =
        processor.has("processors") ? processor.get("processors") : List.of(processor);
    for (JsonNode step : steps) {
      String type = step.path("type").asText();
      if (type.equals("TemplateProcessing")) {
        addPrefix(step, ids);
      } else if (step.isObject() && !type.equals("ByteLevel")) {
        throw refuse("post_processor", "\"" + type + "\" is not supported");
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void addPrefix(JsonNode template, List<Integer> ids) {
    boolean textSeen = false;
    for (JsonNode piece : template.path("single")) {
      JsonNode special = piece.path("SpecialToken");
      if (!special.isObject()) {
        textSeen = true;
      } else if (textSeen) {
        throw refuse(
            "post_processor",
            special.path("id") + " follows the text; such a prompt cannot be continued");
      } else {
        for (JsonNode id :
            template.path("special_tokens").path(special.path("id").asText()).path("ids")) {
          ids.add(id.intValue());
        }
      }
    }
  }

  /** Gives every control token its alias wherever the file names it. */
  private static void rename(ObjectNode file, ControlTokens control) {
    file.putNull("truncation");
    file.putNull("padding");
    file.putNull("post_processor");
    for (JsonNode added : file.path("added_tokens")) {
      ((ObjectNode) added).put("content", control.alias(added.path("content").asText()));
    }
    ObjectNode model = (ObjectNode) file.get("model");
    if (model.path("unk_token").isTextual()) {
      model.put("unk_token", control.alias(model.get("unk_token").textValue()));
    }
    ObjectNode vocab = file.objectNode();
    model
        .path("vocab")
        .fields()
        .forEachRemaining(entry -> vocab.set(control.alias(entry.getKey()), entry.getValue()));
    model.set("vocab", vocab);
    model.set("merges", mergesWithout(control, model.path("merges")));
  }

  // Some exporters list merges that build a control token out of plain text.
  private static ArrayNode mergesWithout(ControlTokens control, JsonNode merges) {
    ArrayNode kept = JsonNodeFactory.instance.arrayNode();
    for (JsonNode merge : merges) {
      String[] sides = sides(merge);
      boolean touches =
          control.isControl(sides[0])
              || control.isControl(sides[1])
              || control.isControl(sides[0] + sides[1]);
      if (!touches) {
        kept.add(merge);
      }
    }
    return kept;
  }

  private static String[] sides(JsonNode merge) {
    if (merge.isArray() && merge.size() == 2) {
      return new String[] {merge.get(0).asText(), merge.get(1).asText()};
    }
    int space = merge.asText().indexOf(' ');
    if (space < 0) {
      throw refuse("model.merges", merge + " is not a pair");
    }
    return new String[] {merge.asText().substring(0, space), merge.asText().substring(space + 1)};
  }

  private static ModelException refuse(String key, String what) {
    return new ModelException(NAME + ": " + key + ": " + what);
  }
}
