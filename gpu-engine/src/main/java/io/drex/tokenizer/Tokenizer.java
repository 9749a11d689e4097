package io.drex.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.drex.model.ModelException;
import io.drex.model.ModelFolder;
import io.drex.model.ModelSpec;
import io.drex.tokenizer.BadPromptException.Reason;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text to token ids and back, by a model's {@code tokenizer.json}. A prompt encodes exactly like
 * its whole text would, but for control tokens, which only trusted text can spell (see {@link
 * ControlTokens}).
 *
 * <p>Threads: any number may use one tokenizer at once; the native one is not changed by use but
 * for a cache that it locks itself. Its memory (about ten times the file) is freed when the
 * tokenizer becomes unreachable, not by a close, because a task that is late must not meet freed
 * memory.
 */
public final class Tokenizer {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final char REPLACEMENT = '\uFFFD';

  private final TokenizersLibrary library;
  private final long handle;
  private final TokenizerFile file;
  private final int longestTokenBytes;
  private @Nullable TokenBytes bytes; // guarded by this

  private Tokenizer(TokenizersLibrary library, long handle, TokenizerFile file) {
    this.library = library;
    this.handle = handle;
    this.file = file;
    this.longestTokenBytes = file.vocabulary().longestBytes();
    CLEANER.register(this, () -> library.deleteTokenizer(handle));
  }

  /**
   * Opens the tokenizer of a model folder.
   *
   * @throws ModelException naming file and key
   */
  public static Tokenizer open(Path folder) {
    TokenizerFile file = TokenizerFile.read(ModelFolder.open(folder));
    TokenizersLibrary library = NativeTokenizers.library();
    Tokenizer tokenizer = new Tokenizer(library, create(library, file.json()), file);
    tokenizer.requireAliasesWork();
    return tokenizer;
  }

  /** Number of ids, added tokens included; ids are in [0, vocabSize). */
  public int vocabSize() {
    return file.vocabulary().size();
  }

  /** Refuses a tokenizer that can make ids for which the model has no embedding. */
  public void requireFits(ModelSpec spec) {
    if (vocabSize() > spec.vocabSize()) {
      throw new ModelException(
          TokenizerFile.NAME
              + ": "
              + vocabSize()
              + " tokens, but config.json: vocab_size is "
              + spec.vocabSize()
              + "; take both files from one model");
    }
  }

  /** Like {@link #encode(Prompt, int)}, without a limit. */
  public int[] encode(Prompt prompt) throws BadPromptException {
    return encode(prompt, Integer.MAX_VALUE);
  }

  /**
   * The ids of a prompt, the model's beginning-of-sequence token first and once.
   *
   * <p>Time is bounded by {@code maxTokens}: text with more bytes than so many of the longest token
   * is refused unread (also the rare text that a normalizer would have shrunk).
   *
   * @throws BadPromptException if the text is blank, holds half a surrogate pair, or makes more
   *     than {@code maxTokens} ids
   */
  public int[] encode(Prompt prompt, int maxTokens) throws BadPromptException {
    boolean blank = true;
    long bytes = 0;
    for (Prompt.Span span : prompt.spans()) {
      bytes += utf8Bytes(span.text());
      blank &= span.text().isBlank();
    }
    if (blank) {
      throw new BadPromptException(Reason.EMPTY_PROMPT, "the prompt is empty or blank");
    }
    if (bytes > (long) maxTokens * longestTokenBytes) {
      throw tooLong("at least " + (bytes / longestTokenBytes + 1), maxTokens);
    }
    int[] ids = withPrefix(nativeEncode(renamed(prompt)));
    if (ids.length > maxTokens) {
      throw tooLong(Integer.toString(ids.length), maxTokens);
    }
    return ids;
  }

  /**
   * The text of ids. Control tokens and ids without a token are skipped; bytes that are no UTF-8
   * read as U+FFFD; a character that is cut off at the end is left out.
   */
  public String decode(int[] ids) {
    int[] plain =
        Arrays.stream(ids)
            .filter(id -> id >= 0 && id < vocabSize() && !file.control().contains(id))
            .toArray();
    int unfinished = file.tail().bytes(plain, plain.length);
    boolean oneTokenPerByte = file.tail().style() == UnfinishedTail.Style.BYTE_FALLBACK;
    String text = nativeDecode(plain, plain.length - (oneTokenPerByte ? unfinished : 0));
    // The library reads an unfinished character as one U+FFFD.
    boolean cut = !oneTokenPerByte && unfinished > 0 && text.endsWith(String.valueOf(REPLACEMENT));
    return cut ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * Strings that end a completion of this tokenizer's tokens.
   *
   * @throws IllegalArgumentException if there are none or too many, or one can be in no text
   * @throws ModelException if the file's decoder is one whose tokens cannot be followed
   */
  public StopStrings stopStrings(List<String> strings) {
    return new StopStrings(this, tokenBytes(), strings);
  }

  /** Made when they are first asked for, since few runs need them. */
  private synchronized TokenBytes tokenBytes() {
    TokenBytes made = bytes == null ? TokenBytes.of(file) : bytes;
    bytes = made;
    return made;
  }

  private String renamed(Prompt prompt) {
    StringBuilder text = new StringBuilder();
    for (Prompt.Span span : prompt.spans()) {
      boolean trusted = span instanceof Prompt.Trusted;
      text.append(trusted ? file.control().rename(span.text()) : span.text());
    }
    return text.toString();
  }

  private int[] withPrefix(long[] encoded) {
    int[] prefix = file.prefix();
    int[] ids = new int[prefix.length + encoded.length];
    System.arraycopy(prefix, 0, ids, 0, prefix.length);
    for (int i = 0; i < encoded.length; i++) {
      ids[prefix.length + i] = Math.toIntExact(encoded[i]);
    }
    // A template may write the beginning-of-sequence token out.
    boolean twice =
        ids.length >= 2 * prefix.length
            && Arrays.equals(prefix, 0, prefix.length, ids, prefix.length, 2 * prefix.length);
    return twice ? Arrays.copyOfRange(ids, prefix.length, ids.length) : ids;
  }

  private long[] nativeEncode(String text) {
    try {
      long encoding = library.encode(handle, text, false);
      try {
        return library.getTokenIds(encoding);
      } finally {
        library.deleteEncoding(encoding);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private String nativeDecode(int[] ids, int count) {
    if (count == 0) {
      return "";
    }
    long[] longs = Arrays.stream(ids, 0, count).asLongStream().toArray();
    try {
      return library.decode(handle, longs, false);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static long create(TokenizersLibrary library, String json) {
    try {
      return library.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new ModelException(
          TokenizerFile.NAME + ": the tokenizers library refuses it: " + e.getMessage(), e);
    }
  }

  private void requireAliasesWork() {
    file.vocabulary()
        .control()
        .forEach(
            (text, id) -> {
              long[] ids = nativeEncode(file.control().alias(text));
              if (Arrays.stream(ids).noneMatch(found -> found == id)) {
                throw new ModelException(
                    TokenizerFile.NAME + ": added_tokens: '" + text + "' does not encode to " + id);
              }
            });
  }

  private static long utf8Bytes(String text) throws BadPromptException {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        throw new BadPromptException(
            Reason.BAD_ENCODING, "half a surrogate pair at char " + i + " of a text");
      }
    }
    return bytes;
  }

  private static BadPromptException tooLong(String tokens, int maxTokens) {
    return new BadPromptException(
        Reason.PROMPT_TOO_LONG, tokens + " tokens, more than the " + maxTokens + " allowed");
  }
}
