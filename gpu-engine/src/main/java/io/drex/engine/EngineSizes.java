package io.drex.engine;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceOptions;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Patience;
import io.drex.schedule.KvUse;
import io.drex.schedule.Limits;

/**
 * What the options mean for one model: sizes of scheduler, device and cache.
 *
 * @param limits of the scheduler
 * @param device the same for the device
 * @param flush when buffers are flushed
 */
record EngineSizes(Limits limits, DeviceOptions device, FlushPolicy flush) {
  private static final int BLOCK_TOKENS = CacheGeometry.USUAL_BLOCK_TOKENS;

  /** More rows in a step than any device runs well; keeps sums of rows within an int. */
  private static final int MAX_ROWS = 1 << 20;

  /**
   * Resolves the options.
   *
   * @param spec cut at the active ramps
   * @param fullDepthMetric of the model with all its ramps
   * @throws EngineException if the model or the KV pool cannot hold what the options ask for
   */
  static EngineSizes of(
      ModelSpec spec, ConfidenceMetric fullDepthMetric, ExitPolicy policy, EngineOptions options) {
    requireRows(options);
    requireSegments(spec);
    int longest = longestSequence(spec, options);
    long blocks =
        options.kvTokens() == 0
            ? (long) options.slots() * blocksFor(longest)
            : blocksFor(options.kvTokens());
    long deepBlocks =
        options.deepKvTokens() == 0 ? blocks : Math.min(blocks, blocksFor(options.deepKvTokens()));
    requireOneSequence("kvTokens", options.kvTokens(), blocks, longest);
    requireOneSequence("deepKvTokens", options.deepKvTokens(), deepBlocks, longest);
    CacheGeometry cache = geometry(spec.ramps().size() + 1, blocks, deepBlocks, options);
    int slots = options.slots();
    int prefill = options.maxPrefillTokens();
    KvUse kvUse = new KvUse(options.expectedNewTokens(), options.prefixSharing());
    Limits limits = new Limits(cache, options.kvFill(), slots, prefill, longest, kvUse);
    DeviceOptions device =
        new DeviceOptions(
            cache,
            options.kvFill(),
            fullDepthMetric,
            slots,
            longest,
            prefill,
            limits.maxRows(),
            options.threads());
    return new EngineSizes(limits, device, flush(spec, policy, options));
  }

  /**
   * The paper's where the policy runs smaller batches; else fixed where the options say how many
   * rows, or planned, once it is known what calls cost.
   */
  private static FlushPolicy flush(ModelSpec spec, ExitPolicy policy, EngineOptions options) {
    Patience patience = new Patience(options.maxBufferAgeSteps(), options.bufferAgeFactor());
    int flushRows = options.flushRows();
    int batchRows = policy.batchRows(options.slots());
    if (batchRows < options.slots()) {
      return new FlushPolicy.Art(batchRows, flushRows == 0 ? batchRows : flushRows, patience);
    }
    if (flushRows > 0) {
      return new FlushPolicy.Fixed(flushRows, patience);
    }
    FlushTable untilPlanned = FlushTable.halves(options.slots(), spec.ramps().size());
    return new FlushPolicy.Planned(untilPlanned, patience);
  }

  /** Bytes of one token's K and V in one layer. */
  static long kvBytesPerTokenLayer(LoadedModel model) {
    return 2L * model.spec().kvWidth() * model.kvType().bytes();
  }

  /**
   * Bytes of the whole KV cache.
   *
   * @param model cut at the active ramps
   */
  long kvBytes(LoadedModel model) {
    ModelSpec spec = model.spec();
    int firstLayers = spec.ramps().isEmpty() ? spec.layers() : spec.ramps().get(0).depth();
    return limits.cache().tokenLayers(firstLayers, spec.layers()) * kvBytesPerTokenLayer(model);
  }

  private static void requireRows(EngineOptions options) {
    long rows =
        (long) options.slots() * options.kvFill().hiddenPerSequence() + options.maxPrefillTokens();
    if (rows > MAX_ROWS) {
      throw new EngineException(
          options.slots()
              + " slots and "
              + options.maxPrefillTokens()
              + " maxPrefillTokens make steps of "
              + rows
              + " rows, more than "
              + MAX_ROWS
              + "; lower slots or maxPrefillTokens");
    }
  }

  private static void requireSegments(ModelSpec spec) {
    int most = CacheGeometry.MAX_SEGMENTS - 1;
    if (spec.ramps().size() > most) {
      throw new EngineException(
          "the model has "
              + spec.ramps().size()
              + " active ramps, more than the "
              + most
              + " that an engine serves; set thresholds to \"off\" in ramps.json");
    }
  }

  private static int longestSequence(ModelSpec spec, EngineOptions options) {
    int asked = options.maxSequenceTokens();
    if (asked > spec.maxPositions()) {
      throw new EngineException(
          "maxSequenceTokens "
              + asked
              + " is more than the model's own limit of "
              + spec.maxPositions()
              + "; lower it, or leave it out to take the model's");
    }
    return asked == 0 ? spec.maxPositions() : asked;
  }

  private static void requireOneSequence(String option, int tokens, long blocks, int longest) {
    if (blocks < blocksFor(longest)) {
      throw new EngineException(
          "a KV pool of "
              + tokens
              + " tokens cannot hold one sequence of "
              + longest
              + "; raise "
              + option
              + " or lower maxSequenceTokens");
    }
  }

  private static CacheGeometry geometry(
      int segments, long blocks, long deepBlocks, EngineOptions options) {
    try {
      return new CacheGeometry(
          segments, BLOCK_TOKENS, Math.toIntExact(blocks), Math.toIntExact(deepBlocks));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new EngineException(
          "the KV cache of "
              + options.slots()
              + " slots is too large: "
              + e.getMessage()
              + "; lower slots, maxSequenceTokens or kvTokens",
          e);
    }
  }

  private static int blocksFor(int tokens) {
    return (tokens - 1) / BLOCK_TOKENS + 1;
  }
}
