package io.drex.demo.corpus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Makes the articles of one seed. An article is a function of (seed, index) alone, so any range of
 * indices can be made by itself, on any machine and in any order.
 *
 * <p>Seed 0 is the corpus of the bundled model, which was trained on indices below {@link
 * #VALIDATION_FIRST}.
 */
public final class ArticleGenerator {
  /** Of seed 0: the first index that was kept for choosing training settings. */
  public static final long VALIDATION_FIRST = 1_000_000_000L;

  /** Of seed 0: the first index that the bundled model has never met. */
  public static final long TEST_FIRST = 2_000_000_000L;

  private static final Topic[] TOPICS = Topic.values();
  private static final int MAX_FILLERS = 2;

  /** Keeps index 0 off the mixer's fixed point 0. */
  private static final long STREAM = 0x632BE59BD9B4E019L;

  private final long seed;
  private final long offset;

  public ArticleGenerator(long seed) {
    this.seed = seed;
    // Leaves seed 0 at offset 0; other seeds look at the same stream from far-away places.
    this.offset = avalanche(seed);
  }

  /** Returns the article at an index; every long is a valid index. */
  public Article article(long index) {
    Draws draws = new Draws(avalanche(offset + index + STREAM));
    Phrases phrases = new Phrases(draws);
    Topic topic = TOPICS[draws.between(0, TOPICS.length - 1)];
    Scene scene = new Scene(phrases.city(), phrases.day(), phrases.person());
    Story story = topic.write(scene, phrases, draws);
    String text = String.join(" ", withDistractors(story.sentences(), scene, phrases, draws));
    return new Article(seed + "-" + index, topic.label(), text, story.summary());
  }

  /** Returns the articles of indices {@code [from, to)} in order. */
  public Stream<Article> articles(long from, long to) {
    return LongStream.range(from, to).mapToObj(this::article);
  }

  /**
   * Varies the order of the tail and strews in sentences that no summary mentions; the lead stays
   * first.
   */
  private static List<String> withDistractors(
      List<String> story, Scene scene, Phrases phrases, Draws draws) {
    List<String> sentences = new ArrayList<>(story);
    if (sentences.size() > 3 && draws.chance(.5)) {
      Collections.swap(sentences, 2, 3);
    }
    int fillers = draws.between(0, MAX_FILLERS);
    for (int i = 0; i < fillers; i++) {
      int place = draws.between(1, sentences.size());
      sentences.add(place, phrases.filler(scene.city()));
    }
    return sentences;
  }

  /**
   * Spreads every bit of z over all bits (MurmurHash3's finaliser; maps 0 to 0). Needed because
   * SplittableRandom's streams of seeds that differ by a multiple of its own step are shifted
   * copies of one another.
   */
  private static long avalanche(long z) {
    long mixed = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
