package io.drex.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bytes at the end of a token sequence begin a character that never ends. A completion cut
 * at its length limit may stop inside an emoji; the piece is left out of its text.
 */
final class UnfinishedTail {
  /** How a tokenizer writes bytes that are no text of their own. */
  enum Style {
    /** Every token is bytes, written in GPT-2's printable alphabet. */
    BYTE_LEVEL,
    /** Tokens are text, but for those written {@code <0x41>}, one byte each. */
    BYTE_FALLBACK,
    /** Tokens are text. */
    TEXT
  }

  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
  private static final Map<Character, Byte> BYTE_OF_CHAR = byteLevelAlphabet();
  private static final int LONGEST_CHARACTER = 4;

  private final Style style;
  private final Vocabulary vocabulary;

  private UnfinishedTail(Style style, Vocabulary vocabulary) {
    this.style = style;
    this.vocabulary = vocabulary;
  }

  static UnfinishedTail of(JsonNode decoder, Vocabulary vocabulary) {
    String text = decoder.toString();
    Style style = Style.TEXT;
    if (text.contains("\"ByteLevel\"")) {
      style = Style.BYTE_LEVEL;
    } else if (text.contains("\"ByteFallback\"")) {
      style = Style.BYTE_FALLBACK;
    }
    return new UnfinishedTail(style, vocabulary);
  }

  Style style() {
    return style;
  }

  /**
   * Bytes of the unfinished character that ends the first {@code count} ids; 0 if there is none.
   */
  int bytes(int[] ids, int count) {
    byte[] last = new byte[LONGEST_CHARACTER];
    int from = last.length;
    for (int i = count - 1; i >= 0 && from > 0; i--) {
      byte[] token = bytesOf(ids[i]);
      if (token.length == 0) {
        break;
      }
      for (int j = token.length - 1; j >= 0 && from > 0; j--) {
        last[--from] = token[j];
      }
    }
    return unfinished(last, from);
  }

  /** The bytes a token adds to a run of bytes; empty where it is text. */
  byte[] bytesOf(int id) {
    String text = vocabulary.text(id);
    return switch (style) {
      case BYTE_LEVEL -> byteLevel(text);
      case BYTE_FALLBACK -> {
        Matcher matcher = BYTE_TOKEN.matcher(text);
        yield matcher.matches() ? HexFormat.of().parseHex(matcher.group(1)) : new byte[0];
      }
      case TEXT -> new byte[0];
    };
  }

  private static byte[] byteLevel(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      Byte value = BYTE_OF_CHAR.get(text.charAt(i));
      if (value == null) {
        return new byte[0]; // An added token: text as it stands.
      }
      bytes[i] = value;
    }
    return bytes;
  }

  private static int unfinished(byte[] bytes, int from) {
    int lead = bytes.length - 1;
    while (lead > from && isContinuation(bytes[lead])) {
      lead--;
    }
    if (lead < from) {
      return 0;
    }
    int present = bytes.length - lead;
    int first = bytes[lead] & 0xFF;
    boolean begins = present < characterLength(first);
    return begins && (present == 1 || isSecond(first, bytes[lead + 1] & 0xFF)) ? present : 0;
  }

  private static boolean isContinuation(byte value) {
    return (value & 0xC0) == 0x80;
  }

  /** The length of a character by its first byte; 0 for a byte that begins none. */
  private static int characterLength(int first) {
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  }

  // Overlong forms, surrogates and code points above U+10FFFF fail at their second byte.
  private static boolean isSecond(int first, int second) {
    return switch (first) {
      case 0xE0 -> second >= 0xA0;
      case 0xED -> second < 0xA0;
      case 0xF0 -> second >= 0x90;
      case 0xF4 -> second < 0x90;
      default -> true;
    };
  }

  // Printable Latin-1 stands for itself, the other bytes for U+0100 onwards, in order.
  private static Map<Character, Byte> byteLevelAlphabet() {
    Map<Character, Byte> alphabet = new HashMap<>();
    char next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
      alphabet.put(printable ? (char) value : next++, (byte) value);
    }
    return Map.copyOf(alphabet);
  }
}
