package io.drex.demo.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A byte-level BPE vocabulary: the special tokens, the 256 bytes, then one token per merge. Digits
 * stand alone, so that a number is always read and written digit by digit.
 *
 * @param tokens by id, as the file spells them
 * @param merges by rank
 */
public record BpeTokenizer(List<String> tokens, List<Merge> merges) {
  /** The file's name in a model folder. */
  public static final String FILE = "tokenizer.json";

  public static final int PAD = 0;
  public static final int BOS = 1;
  public static final int EOS = 2;

  static final List<String> SPECIAL = List.of("<|pad|>", "<|bos|>", "<|eos|>");

  /** Cuts text into words; no token reaches over a cut. */
  static final Pattern WORD =
      Pattern.compile(
          "\\p{N}| ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  /** Two neighbouring tokens that become one. */
  record Merge(int left, int right) {}

  public BpeTokenizer {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
  }

  /** Writes {@code tokenizer.json} into a folder, in the Hugging Face tokenizers format. */
  public void write(Path folder) throws IOException {
    byte[] json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json());
    Files.write(folder.resolve(FILE), json);
  }

  private ObjectNode json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    addSpecialTokens(root.putArray("added_tokens"));
    root.putNull("normalizer");
    addPreTokenizer(root.putObject("pre_tokenizer"));
    addPostProcessor(root.putObject("post_processor"));
    byteLevel(root.putObject("decoder")).put("add_prefix_space", true).put("use_regex", true);
    addModel(root.putObject("model"));
    return root;
  }

  private static void addSpecialTokens(ArrayNode added) {
    for (int id = 0; id < SPECIAL.size(); id++) {
      ObjectNode token = added.addObject().put("id", id).put("content", SPECIAL.get(id));
      token.put("single_word", false).put("lstrip", false).put("rstrip", false);
      token.put("normalized", false).put("special", true);
    }
  }

  private static void addPreTokenizer(ObjectNode sequence) {
    ArrayNode steps = sequence.put("type", "Sequence").putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", WORD.pattern());
    split.put("behavior", "Isolated").put("invert", false);
    byteLevel(steps.addObject()).put("add_prefix_space", false).put("use_regex", false);
  }

  private static ObjectNode byteLevel(ObjectNode node) {
    return node.put("type", "ByteLevel").put("trim_offsets", true);
  }

  /** A prompt begins with BOS and has no end, because it is continued. */
  private static void addPostProcessor(ObjectNode template) {
    String bos = SPECIAL.get(BOS);
    template.put("type", "TemplateProcessing");
    addPieces(template.putArray("single"), "A");
    addPieces(template.putArray("pair"), "A", "B");
    ObjectNode token = template.putObject("special_tokens").putObject(bos).put("id", bos);
    token.putArray("ids").add(BOS);
    token.putArray("tokens").add(bos);
  }

  private static void addPieces(ArrayNode pieces, String... texts) {
    pieces.addObject().putObject("SpecialToken").put("id", SPECIAL.get(BOS)).put("type_id", 0);
    for (int i = 0; i < texts.length; i++) {
      pieces.addObject().putObject("Sequence").put("id", texts[i]).put("type_id", i);
    }
  }

  private void addModel(ObjectNode model) {
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocab.put(tokens.get(id), id);
    }
    ArrayNode list = model.putArray("merges");
    // A space parts the two sides: no token holds one, as the byte 0x20 is spelt otherwise.
    merges.forEach(merge -> list.add(tokens.get(merge.left()) + " " + tokens.get(merge.right())));
  }
}
