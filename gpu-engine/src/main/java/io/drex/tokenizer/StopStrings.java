package io.drex.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Texts that end a completion: it ends with the first token after which its decoded text contains
 * one, wherever the borders of tokens lie. Immutable; any thread.
 *
 * <p>An automaton over bytes (Aho-Corasick) goes along with the tokens: a few table look-ups each.
 * It misses nothing, because a text that decoded text contains stands in the tokens' bytes too.
 * Where it finds one, in general once per completion, the tokens are decoded to see whether
 * decoding has kept it.
 */
public final class StopStrings {
  /** Most strings. */
  public static final int MOST = 16;

  /** Most UTF-8 bytes of all strings together. */
  public static final int MOST_BYTES = 1024;

  private static final int BYTES = 256;
  private static final char REPLACEMENT = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<String> strings;
  private final TokenBytes bytes;
  private final char[] next; // [state][byte]
  private final boolean[] ends; // [state], whether a string ends here

  StopStrings(Tokenizer tokenizer, TokenBytes bytes, List<String> strings) {
    this.tokenizer = tokenizer;
    this.strings = List.copyOf(strings);
    this.bytes = bytes;
    int states = 1 + check(this.strings);
    next = new char[states * BYTES];
    ends = new boolean[states];
    link(enter());
  }

  private static int check(List<String> strings) {
    if (strings.isEmpty() || strings.size() > MOST) {
      throw new IllegalArgumentException(
          "there must be 1 to " + MOST + " stop strings, not " + strings.size());
    }
    int total = 0;
    for (String string : strings) {
      if (string.isEmpty()) {
        throw new IllegalArgumentException("a stop string must not be empty");
      }
      if (string.indexOf(REPLACEMENT) >= 0
          || !StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
        throw new IllegalArgumentException(
            "a stop string must be valid text without the replacement character U+FFFD");
      }
      total += utf8(string).length;
    }
    if (total > MOST_BYTES) {
      throw new IllegalArgumentException(
          "the stop strings have " + total + " bytes, more than " + MOST_BYTES);
    }
    return total;
  }

  /** Makes the tree of all strings; returns how many states it has. */
  private int enter() {
    int states = 1;
    for (String string : strings) {
      int state = 0;
      for (byte value : utf8(string)) {
        int edge = state * BYTES + (value & 0xFF);
        if (next[edge] == 0) {
          next[edge] = (char) states++;
        }
        state = next[edge];
      }
      ends[state] = true;
    }
    return states;
  }

  /** Gives every state its way on for the bytes that lead out of the tree. */
  private void link(int states) {
    int[] fallback = new int[states];
    Deque<Integer> breadthFirst = new ArrayDeque<>();
    for (int value = 0; value < BYTES; value++) {
      if (next[value] != 0) {
        breadthFirst.add((int) next[value]);
      }
    }
    for (Integer state; (state = breadthFirst.poll()) != null; ) {
      ends[state] |= ends[fallback[state]];
      for (int value = 0; value < BYTES; value++) {
        int edge = state * BYTES + value;
        char beside = next[fallback[state] * BYTES + value];
        if (next[edge] == 0) {
          next[edge] = beside;
        } else {
          fallback[next[edge]] = beside;
          breadthFirst.add((int) next[edge]);
        }
      }
    }
  }

  /** The text before the first stop string; all of it where there is none. */
  public String cut(String text) {
    int at = firstIn(text);
    return at < 0 ? text : text.substring(0, at);
  }

  private int firstIn(String text) {
    return strings.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  /** Watches one completion. */
  public Watch watch() {
    return new Watch();
  }

  /** Goes along with one completion's tokens. One thread at a time. */
  public final class Watch {
    private int state;

    private Watch() {}

    /**
     * Whether the completion ends with its newest token; to be asked of every token in order.
     *
     * @param tokens ids; [token]
     * @param count tokens so far; 1 begins anew
     */
    public boolean endsAfter(int[] tokens, int count) {
      if (count == 1) {
        state = 0;
      }
      int token = tokens[count - 1];
      boolean found = false;
      for (int i = bytes.from(token); i < bytes.to(token); i++) {
        state = next[state * BYTES + bytes.at(i)];
        found |= ends[state];
      }
      return found && firstIn(tokenizer.decode(Arrays.copyOf(tokens, count))) >= 0;
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
