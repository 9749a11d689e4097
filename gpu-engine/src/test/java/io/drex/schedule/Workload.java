package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.device.Sampling;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Patience;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Requests and a model, drawn from a seed.
 *
 * @param stopTokens token 0, or none
 * @param emitsNotFinite whether the model's logits now and then are not finite
 */
record Workload(
    List<Prompt> prompts,
    List<RampSpec> ramps,
    int vocabulary,
    Set<Integer> stopTokens,
    boolean emitsNotFinite) {

  static final int LAYERS = 12;

  /** A request; all that it asks for follows from its tokens. */
  record Prompt(int[] tokens, int maxNewTokens) {
    SequenceOptions options() {
      Random random = new Random(Arrays.hashCode(tokens));
      Sampling sampling =
          switch (random.nextInt(3)) {
            case 0 -> new Sampling(.7f, random.nextInt(5), .9f, 0, 1);
            case 1 -> new Sampling(random.nextInt(2), 0, 1, .1f, 1.5f);
            default -> Sampling.GREEDY;
          };
      float threshold = random.nextInt(4) == 0 ? random.nextFloat() : SequenceOptions.RAMPS_OWN;
      StopCheck stopCheck = random.nextInt(3) == 0 ? new SumCheck() : StopCheck.NEVER;
      return new SequenceOptions(maxNewTokens, sampling, random.nextLong(), threshold, stopCheck);
    }
  }

  /** Stops once the tokens since the start add up to a multiple of a number. */
  private static final class SumCheck implements StopCheck {
    private static final int MULTIPLE = 19;

    private int sum;

    @Override
    public boolean stopsAfter(int[] tokens, int count) {
      sum = (count == 1 ? 0 : sum) + tokens[count - 1];
      return sum % MULTIPLE == 0;
    }
  }

  static Workload random(Random random) {
    int vocabulary = 20 + random.nextInt(60);
    List<Prompt> prompts = new ArrayList<>();
    int longest = 1 + random.nextInt(40);
    for (int i = 0, n = 1 + random.nextInt(20); i < n; i++) {
      int[] tokens = random.ints(1 + random.nextInt(longest), 1, vocabulary).toArray();
      prompts.add(new Prompt(tokens, 1 + random.nextInt(25)));
    }
    Set<Integer> stopTokens = random.nextInt(3) == 0 ? Set.of() : Set.of(0);
    return new Workload(
        prompts, randomRamps(random), vocabulary, stopTokens, random.nextInt(4) == 0);
  }

  private static List<RampSpec> randomRamps(Random random) {
    List<RampSpec> ramps = new ArrayList<>();
    ConfidenceMetric metric = ConfidenceMetric.values()[random.nextInt(2)];
    int ramp = 0;
    for (int depth = 1 + random.nextInt(4); depth < LAYERS && ramp < 4; ramp++) {
      ramps.add(new RampSpec(depth, metric, random.nextFloat()));
      depth += 1 + random.nextInt(4);
    }
    return ramps;
  }

  /** The same with one of a few texts, or a part of it, before most of the prompts. */
  Workload withCommonPrefixes(Random random) {
    int[][] texts = new int[1 + random.nextInt(3)][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = random.ints(1 + random.nextInt(40), 1, vocabulary).toArray();
    }
    List<Prompt> others = new ArrayList<>();
    for (Prompt prompt : prompts) {
      int[] text = texts[random.nextInt(texts.length)];
      int length = random.nextInt(4) == 0 ? random.nextInt(text.length + 1) : text.length;
      int[] tokens = Arrays.copyOf(text, length + prompt.tokens().length);
      System.arraycopy(prompt.tokens(), 0, tokens, length, prompt.tokens().length);
      others.add(new Prompt(tokens, prompt.maxNewTokens()));
      if (random.nextInt(8) == 0) {
        others.add(others.get(random.nextInt(others.size()))); // word for word
      }
    }
    return new Workload(others, ramps, vocabulary, stopTokens, emitsNotFinite);
  }

  Workload withoutRamps() {
    return new Workload(prompts, List.of(), vocabulary, stopTokens, emitsNotFinite);
  }

  ModelSpec spec() {
    return spec(LAYERS, vocabulary, ramps);
  }

  static ModelSpec spec(int layers, int vocabulary, List<RampSpec> ramps) {
    return new ModelSpec(
        ModelFamily.LLAMA, layers, 16, 32, 2, 1, 8, vocabulary, 4096, 1e-5f, 10_000, true, ramps);
  }

  /** Longest sequence that any of the prompts can make. */
  int longestSequence() {
    return prompts.stream().mapToInt(p -> p.tokens().length + p.maxNewTokens()).max().orElseThrow();
  }

  /** One sequence at a time, its prompt in one chunk: what every schedule is compared to. */
  Schedule oneAtATime(KvFill kvFill, int maxSequenceTokens) {
    CacheGeometry cache = new CacheGeometry(ramps.size() + 1, maxSequenceTokens, 1);
    return new Schedule(
        new Limits(cache, kvFill, 1, maxSequenceTokens, maxSequenceTokens),
        new FlushPolicy.Fixed(1, 0));
  }

  Schedule randomSchedule(Random random, KvFill kvFill, int maxSequenceTokens) {
    int blockTokens = 1 + random.nextInt(16);
    int needed = (maxSequenceTokens + blockTokens - 1) / blockTokens;
    int blocks = needed + random.nextInt(4 * needed);
    int deepBlocks = needed + random.nextInt(blocks - needed + 1);
    CacheGeometry cache = new CacheGeometry(ramps.size() + 1, blockTokens, blocks, deepBlocks);
    int slots = 1 + random.nextInt(12);
    KvUse kvUse = new KvUse(random.nextInt(3), anySharing(random));
    int prefill = 1 + random.nextInt(50);
    Limits limits = new Limits(cache, kvFill, slots, prefill, maxSequenceTokens, kvUse);
    Patience patience = new Patience(random.nextInt(30), random.nextInt(3) * random.nextDouble());
    int flushRows = 1 + random.nextInt(slots);
    return new Schedule(
        limits,
        switch (random.nextInt(3)) {
          case 0 -> new FlushPolicy.Art(slots, flushRows, patience);
          case 1 -> new FlushPolicy.Fixed(flushRows, patience);
          default -> new FlushPolicy.Planned(FlushTable.halves(slots, ramps.size()), patience);
        });
  }

  private static PrefixSharing anySharing(Random random) {
    return random.nextBoolean() ? PrefixSharing.ON : PrefixSharing.OFF;
  }

  /** Many slots over a pool that hardly holds two sequences, and hopes that are too high. */
  Schedule tightSchedule(Random random, KvFill kvFill, int maxSequenceTokens) {
    int blockTokens = 1 + random.nextInt(6);
    int needed = (maxSequenceTokens + blockTokens - 1) / blockTokens;
    int blocks = needed + random.nextInt(needed + 1);
    int deepBlocks = needed + random.nextInt(blocks - needed + 1);
    CacheGeometry cache = new CacheGeometry(ramps.size() + 1, blockTokens, blocks, deepBlocks);
    int slots = 2 + random.nextInt(11);
    Limits limits =
        new Limits(
            cache,
            kvFill,
            slots,
            1 + random.nextInt(50),
            maxSequenceTokens,
            new KvUse(1 + random.nextInt(4), anySharing(random)));
    return new Schedule(
        limits, new FlushPolicy.Fixed(1 + random.nextInt(slots), random.nextInt(30)));
  }

  /**
   * What decides when work runs, and must not change a result.
   *
   * @param urgency seed of priorities and deadlines; 0 for none
   */
  record Schedule(Limits limits, FlushPolicy flush, long urgency) {
    Schedule(Limits limits, FlushPolicy flush) {
      this(limits, flush, 0);
    }

    Schedule withSharing(PrefixSharing sharing) {
      Limits other =
          new Limits(
              limits.cache(),
              limits.kvFill(),
              limits.slots(),
              limits.maxPrefillTokens(),
              limits.maxSequenceTokens(),
              new KvUse(limits.kvUse().expectedNewTokens(), sharing));
      return new Schedule(other, flush, urgency);
    }

    FlushTable randomTable(Random random) {
      int slots = limits.slots();
      int ramps = limits.cache().segments() - 1;
      return FlushTable.constant(slots, random.ints(ramps, 1, slots + 1).toArray());
    }

    Schedule withKvFill(KvFill kvFill) {
      Limits other =
          new Limits(
              limits.cache(),
              kvFill,
              limits.slots(),
              limits.maxPrefillTokens(),
              limits.maxSequenceTokens(),
              limits.kvUse());
      return new Schedule(other, flush, urgency);
    }
  }
}
