package io.drex.tokenizer;

import java.security.SecureRandom;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that steer a model, and their aliases. The native tokenizer knows control tokens under
 * secret names only, so no text, however it is cut and joined, can become one; trusted text has its
 * control tokens renamed before it is encoded. Source: ours, ADR 6.
 *
 * <p>An alias is made of Unicode noncharacters, which normalizers leave alone: 130 random bits and
 * the token's number, all of one length so that none begins another.
 */
final class ControlTokens {
  // U+FDD0..U+FDEF: 32 noncharacters, five bits each.
  private static final char FIRST_NONCHARACTER = '\uFDD0';
  private static final int RADIX = 32;
  private static final int SECRET_CHARS = 26;
  private static final int NUMBER_CHARS = 5;

  private final Map<String, String> aliases = new TreeMap<>();
  private final BitSet ids = new BitSet();
  private final @Nullable Pattern pattern;

  /** Names the given control tokens, id by text. */
  ControlTokens(Map<String, Integer> tokens) {
    String secret = secret();
    tokens.forEach(
        (text, id) -> {
          aliases.put(text, secret + number(id));
          ids.set(id);
        });
    pattern = tokens.isEmpty() ? null : longestFirst(tokens);
  }

  /** Whether the id is that of a control token. */
  boolean contains(int id) {
    return ids.get(id);
  }

  /** The secret name of a control token, or the text itself where it is not one. */
  String alias(String text) {
    return aliases.getOrDefault(text, text);
  }

  boolean isControl(String text) {
    return aliases.containsKey(text);
  }

  /** Trusted text with its control tokens renamed; the leftmost, longest match counts. */
  String rename(String trusted) {
    if (pattern == null) {
      return trusted;
    }
    Matcher matcher = pattern.matcher(trusted);
    return matcher.replaceAll(match -> Matcher.quoteReplacement(alias(match.group())));
  }

  private static Pattern longestFirst(Map<String, Integer> tokens) {
    return Pattern.compile(
        tokens.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));
  }

  private static String secret() {
    SecureRandom random = new SecureRandom();
    StringBuilder secret = new StringBuilder();
    for (int i = 0; i < SECRET_CHARS; i++) {
      secret.append((char) (FIRST_NONCHARACTER + random.nextInt(RADIX)));
    }
    return secret.toString();
  }

  private static String number(int id) {
    StringBuilder number = new StringBuilder();
    for (int i = 0, rest = id; i < NUMBER_CHARS; i++, rest /= RADIX) {
      number.append((char) (FIRST_NONCHARACTER + rest % RADIX));
    }
    return number.toString();
  }
}
