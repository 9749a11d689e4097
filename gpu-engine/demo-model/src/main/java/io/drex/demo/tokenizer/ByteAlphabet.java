package io.drex.demo.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The 256 printable characters that stand for bytes in a byte-level vocabulary. Source: GPT-2's
 * {@code bytes_to_unicode}: printable Latin-1 stands for itself, the other bytes follow from U+0100
 * on in byte order.
 */
final class ByteAlphabet {
  static final int SIZE = 256;

  private static final char[] CHARS = chars();

  private ByteAlphabet() {}

  /** The character of an unsigned byte. */
  static char character(int unsignedByte) {
    return CHARS[unsignedByte];
  }

  /** The characters of a text's UTF-8 bytes. */
  static String spell(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder spelt = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      spelt.append(CHARS[b & 0xFF]);
    }
    return spelt.toString();
  }

  private static char[] chars() {
    char[] chars = new char[SIZE];
    int next = SIZE;
    for (int b = 0; b < SIZE; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
      chars[b] = (char) (printable ? b : next++);
    }
    return chars;
  }
}
