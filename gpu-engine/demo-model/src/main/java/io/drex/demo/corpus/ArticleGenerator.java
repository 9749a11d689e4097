package io.drex.demo.corpus;

import io.drex.demo.corpus.Reporter.Story;
import io.drex.demo.corpus.Topic.Plot;
import java.util.ArrayList;
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

  /** Of seed 0: the first index of those that the bundled model's thresholds were chosen on. */
  public static final long CALIBRATION_FIRST = 3_000_000_000L;

  private static final double TWO_STORIES = .15;
  private static final List<String> BEFORE_OTHER = List.of("In other news:", "Elsewhere:");

  /** Keeps index 0 off the mixer's fixed point 0. */
  private static final long STREAM = 0x632BE59BD9B4E019L;

  private final List<Topic> topics = Topics.read();
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
    Topic topic = draws.pick(topics);
    Plot plot = plot(topic, draws);
    Reporter reporter = new Reporter(draws);
    Story story = reporter.story(plot);
    List<String> text =
        draws.chance(TWO_STORIES)
            ? withOther(story.sentences(), otherThan(topic, draws), reporter, draws)
            : story.sentences();
    return new Article(
        seed + "-" + index, topic.name(), plot.hardSlot(), String.join(" ", text), story.summary());
  }

  /** Returns the articles of indices {@code [from, to)} in order. */
  public Stream<Article> articles(long from, long to) {
    return LongStream.range(from, to).mapToObj(this::article);
  }

  /** Any plot of the topic; half of the hard ones that are drawn are put back once. */
  private static Plot plot(Topic topic, Draws draws) {
    Plot plot = draws.pick(topic.plots());
    return plot.hardSlot().isEmpty() || draws.chance(.5) ? plot : draws.pick(topic.plots());
  }

  private Plot otherThan(Topic topic, Draws draws) {
    Topic other = draws.pick(topics);
    while (other.equals(topic)) {
      other = draws.pick(topics);
    }
    return plot(other, draws);
  }

  /** The story after or before the beginning of another; words tell which is the main one. */
  private static List<String> withOther(
      List<String> story, Plot other, Reporter reporter, Draws draws) {
    List<String> brief = reporter.brief(other);
    List<String> text = new ArrayList<>();
    if (draws.chance(.5)) {
      text.addAll(story);
      text.add(draws.pick(BEFORE_OTHER));
      text.addAll(brief);
    } else {
      text.add("In brief:");
      text.addAll(brief);
      text.add("Main story:");
      text.addAll(story);
    }
    return text;
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
