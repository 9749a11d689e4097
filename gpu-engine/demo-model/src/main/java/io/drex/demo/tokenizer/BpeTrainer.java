package io.drex.demo.tokenizer;

import io.drex.demo.tokenizer.BpeTokenizer.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/**
 * Learns byte-pair merges: again and again the most frequent pair of neighbours becomes a token.
 * Among equally frequent pairs the one with the smaller ids wins, left before right, so the same
 * texts give the same vocabulary on any machine.
 *
 * <p>Pair counts are kept up to date by visiting only the words that hold the merged pair. Used by
 * one thread. Source: Sennrich et al. 2016, on bytes as in GPT-2.
 */
public final class BpeTrainer {
  private final List<String> tokens = new ArrayList<>();
  private final List<Merge> merges = new ArrayList<>();
  private final List<int[]> words = new ArrayList<>();
  private final List<Integer> wordCounts = new ArrayList<>();
  private final Map<Merge, Long> pairCounts = new HashMap<>();
  // Supersets: a word stays listed after its last such pair is gone.
  private final Map<Merge, Set<Integer>> wordsByPair = new HashMap<>();

  private BpeTrainer() {}

  /**
   * Learns a vocabulary of {@code size} tokens, or fewer where the texts have no pair left that
   * occurs twice.
   *
   * @throws IllegalArgumentException if size does not leave room for special tokens and bytes
   */
  public static BpeTokenizer train(Stream<String> texts, int size) {
    int least = BpeTokenizer.SPECIAL.size() + ByteAlphabet.SIZE;
    if (size < least) {
      throw new IllegalArgumentException(
          "a vocabulary of " + size + " tokens; special tokens and bytes alone need " + least);
    }
    BpeTrainer trainer = new BpeTrainer();
    trainer.addAlphabet();
    trainer.addWords(texts);
    while (trainer.tokens.size() < size && trainer.mergeMostFrequent()) {}
    return new BpeTokenizer(trainer.tokens, trainer.merges);
  }

  private void addAlphabet() {
    tokens.addAll(BpeTokenizer.SPECIAL);
    for (int b = 0; b < ByteAlphabet.SIZE; b++) {
      tokens.add(String.valueOf(ByteAlphabet.character(b)));
    }
  }

  private void addWords(Stream<String> texts) {
    Map<String, Integer> counts = new TreeMap<>();
    texts.forEach(
        text -> {
          Matcher matcher = BpeTokenizer.WORD.matcher(text);
          while (matcher.find()) {
            counts.merge(matcher.group(), 1, Integer::sum);
          }
        });
    Map<Character, Integer> ids = new HashMap<>();
    for (int b = 0; b < ByteAlphabet.SIZE; b++) {
      ids.put(ByteAlphabet.character(b), BpeTokenizer.SPECIAL.size() + b);
    }
    counts.forEach(
        (word, count) -> {
          words.add(ByteAlphabet.spell(word).chars().map(c -> ids.get((char) c)).toArray());
          wordCounts.add(count);
          count(words.size() - 1, 1);
        });
  }

  /** Adds (sign 1) or takes away (sign -1) the pairs of a word. */
  private void count(int index, int sign) {
    int[] word = words.get(index);
    long change = (long) sign * wordCounts.get(index);
    for (int i = 0; i + 1 < word.length; i++) {
      Merge pair = new Merge(word[i], word[i + 1]);
      long now = pairCounts.merge(pair, change, Long::sum);
      if (now == 0) {
        pairCounts.remove(pair);
      }
      if (sign > 0) {
        wordsByPair.computeIfAbsent(pair, p -> new HashSet<>()).add(index);
      }
    }
  }

  private boolean mergeMostFrequent() {
    Merge best = new Merge(0, 0);
    long most = 1;
    for (Map.Entry<Merge, Long> entry : pairCounts.entrySet()) {
      long count = entry.getValue();
      if (count > most || (count == most && most > 1 && precedes(entry.getKey(), best))) {
        best = entry.getKey();
        most = count;
      }
    }
    if (most < 2) {
      return false;
    }
    int merged = tokens.size();
    tokens.add(tokens.get(best.left()) + tokens.get(best.right()));
    merges.add(best);
    for (int index : wordsByPair.getOrDefault(best, Set.of()).toArray(new Integer[0])) {
      count(index, -1);
      words.set(index, replace(words.get(index), best, merged));
      count(index, 1);
    }
    wordsByPair.remove(best);
    return true;
  }

  private static boolean precedes(Merge one, Merge other) {
    return one.left() != other.left() ? one.left() < other.left() : one.right() < other.right();
  }

  /** The word with each occurrence of the pair, from the left, made one token. */
  static int[] replace(int[] word, Merge pair, int merged) {
    int[] shorter = new int[word.length];
    int length = 0;
    for (int i = 0; i < word.length; i++) {
      boolean here = i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right();
      shorter[length++] = here ? merged : word[i];
      if (here) {
        i++;
      }
    }
    return Arrays.copyOf(shorter, length);
  }
}
