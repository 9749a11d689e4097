package io.drex.demo.recipe;

import java.util.List;
import picocli.CommandLine.Option;

/** Command-line options of a model's shape; the defaults are the bundled model's. */
public final class ShapeOptions {
  @Option(names = "--layers", defaultValue = "8")
  private int layers;

  @Option(names = "--hidden", defaultValue = "192", description = "Width of the hidden state.")
  private int hidden;

  @Option(names = "--heads", defaultValue = "6", description = "Query heads.")
  private int heads;

  @Option(names = "--kv-heads", defaultValue = "2", description = "Key and value heads.")
  private int kvHeads;

  @Option(names = "--ffn", defaultValue = "448", description = "Width of the feed-forward layer.")
  private int ffn;

  @Option(names = "--vocab", defaultValue = "1536", description = "Tokens to train.")
  private int vocab;

  @Option(
      names = "--ramps",
      split = ",",
      defaultValue = "1,3,5",
      description = "Depths at which the product exits.")
  private List<Integer> ramps;

  @Option(
      names = "--tokenizer-articles",
      defaultValue = "20000",
      description = "Articles that the tokenizer is trained on.")
  private int tokenizerArticles;

  /** Tokens that the tokenizer should have. */
  int vocab() {
    return vocab;
  }

  int tokenizerArticles() {
    return tokenizerArticles;
  }

  /** The shape over a trained vocabulary. */
  public ModelShape shape(int trainedVocab) {
    return new ModelShape(layers, hidden, heads, kvHeads, ffn, trainedVocab, ramps);
  }
}
