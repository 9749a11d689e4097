package io.drex.device;

import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The plainest driver of a {@link DeviceModel}: all sequences move together, one token per step.
 * Prompts and first tokens run at full depth; later tokens leave at the first ramp they pass, but
 * not while a token before them is pending.
 */
public final class LockstepDecoder {
  /** One generated token: the depth it left at and the confidence there. */
  public record Step(int token, int depth, float confidence) {}

  private final DeviceModel model;
  private final ModelSpec spec;
  private final DeviceOptions options;
  private final RowBatch rows;
  private final HeadReadings readings;
  private final int[][][] tables; // [sequence][segment][position]
  private final int[] hiddenSlot; // [sequence], of the newest row
  private final int[] pendingFrom; // [sequence], first segment that a pending token has yet to run
  private final List<List<Integer>> freeCells = new ArrayList<>(); // [segment]
  private final List<int[]> prompts = new ArrayList<>();
  private final List<List<Step>> steps = new ArrayList<>();
  private final List<List<Float>> logProbs = new ArrayList<>();
  private Sampling sampling = Sampling.GREEDY;

  /**
   * @param cellSeed decides which cells sequences get: results must not depend on it
   */
  public LockstepDecoder(DeviceModel model, ModelSpec spec, DeviceOptions options, long cellSeed) {
    this.model = model;
    this.spec = spec;
    this.options = options;
    int segments = options.cache().segments();
    tables = new int[options.slots()][segments][spec.maxPositions()];
    hiddenSlot = IntStream.range(0, options.slots()).toArray();
    pendingFrom = new int[options.slots()];
    rows = new RowBatch(options.maxRows(), tables);
    readings = new HeadReadings(options.maxRows());
    for (int s = 0; s < segments; s++) {
      List<Integer> cells =
          new ArrayList<>(IntStream.range(0, options.cache().cells(s)).boxed().toList());
      Collections.shuffle(cells, new Random(cellSeed + s));
      freeCells.add(cells);
    }
  }

  /** The same decoder, choosing tokens like this; a sequence's seed is its prompt's hash. */
  LockstepDecoder withSampling(Sampling how) {
    sampling = how;
    return this;
  }

  /** The logarithms of the generated tokens' probabilities. */
  List<Float> logProbs(int sequence) {
    return logProbs.get(sequence);
  }

  /** Options with room for some sequences of full length. */
  public static DeviceOptions options(ModelSpec spec, KvFill fill, int sequences, int threads) {
    int blockTokens = 16;
    int blocks = (spec.maxPositions() + blockTokens - 1) / blockTokens * sequences;
    CacheGeometry cache = new CacheGeometry(spec.ramps().size() + 1, blockTokens, blocks);
    int prefill = sequences * spec.maxPositions();
    return new DeviceOptions(
        cache,
        fill,
        spec.fullDepthMetric(),
        sequences,
        spec.maxPositions(),
        prefill,
        prefill,
        threads);
  }

  /** The positions' entries of a sequence, [segment][position]. */
  public int[][] tables(int sequence) {
    return tables[sequence];
  }

  /** What a sequence generated so far. */
  public List<Step> steps(int sequence) {
    return steps.get(sequence);
  }

  /** Runs prompts, chunk by chunk through all segments, up to their first tokens. */
  public void prefill(List<int[]> newPrompts, int chunk) {
    int first = accept(newPrompts);
    int longest = newPrompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    for (int from = 0; from < longest; from += chunk) {
      rows.clear();
      addPromptRows(first, from, from + chunk);
      runAllSegments();
    }
  }

  /** One token for every sequence. */
  public void step() {
    rows.clear();
    addDecodeRows(prompts.size());
    runAllSegments();
  }

  /** One token for every sequence, in the same calls as whole prompts and their first tokens. */
  public void stepBesides(List<int[]> newPrompts) {
    rows.clear();
    int first = accept(newPrompts);
    addDecodeRows(first);
    addPromptRows(first, 0, spec.maxPositions());
    runAllSegments();
  }

  private int accept(List<int[]> newPrompts) {
    int first = prompts.size();
    prompts.addAll(newPrompts);
    for (int i = 0; i < newPrompts.size(); i++) {
      steps.add(new ArrayList<>());
      logProbs.add(new ArrayList<>());
    }
    return first;
  }

  private void addPromptRows(int firstSequence, int from, int end) {
    for (int sequence = firstSequence; sequence < prompts.size(); sequence++) {
      int[] prompt = prompts.get(sequence);
      for (int position = from; position < Math.min(end, prompt.length); position++) {
        int slot = options.slots() + rows.rows;
        addRow(sequence, position, prompt[position], slot, true);
      }
    }
  }

  private void addDecodeRows(int sequences) {
    for (int sequence = 0; sequence < sequences; sequence++) {
      List<Step> done = steps.get(sequence);
      int position = prompts.get(sequence).length + done.size() - 1;
      addRow(sequence, position, done.get(done.size() - 1).token(), hiddenSlot[sequence], false);
    }
  }

  private void addRow(int sequence, int position, int token, int slot, boolean prompt) {
    int row = rows.rows++;
    rows.token[row] = token;
    rows.position[row] = position;
    rows.slot[row] = slot;
    rows.table[row] = sequence;
    rows.prompt[row] = prompt;
  }

  private void runAllSegments() {
    for (int s = 0; rows.rows > 0; s++) {
      boolean last = s + 1 == options.cache().segments();
      addPendingRows(s);
      rows.heads = 0;
      for (int row = 0; row < rows.rows; row++) {
        int[][] table = tables[rows.table[row]];
        table[s][rows.position[row]] = takeCell(s);
        boolean endsPrompt = rows.position[row] == prompts.get(rows.table[row]).length - 1;
        if (rows.prompt[row] ? last && endsPrompt : isNewest(row)) {
          int sequence = rows.table[row];
          int seed = Arrays.hashCode(prompts.get(sequence));
          rows.sampling.set(rows.heads, sampling, seed, history(sequence));
          rows.headRow[rows.heads++] = row;
        }
      }
      model.runSegment(s, rows, readings);
      leave(s, last);
    }
  }

  /** Adds pending tokens that have yet to run a segment which the rows after them run now. */
  private void addPendingRows(int segment) {
    for (int row = rows.rows - 1; row >= 0; row--) {
      int sequence = rows.table[row];
      if (!rows.prompt[row]
          && isNewest(row)
          && pendingFrom[sequence] > 0
          && segment == pendingFrom[sequence]) {
        addRow(sequence, rows.position[row] - 1, 0, otherSlot(sequence), false);
      }
    }
  }

  private boolean isNewest(int row) {
    int sequence = rows.table[row];
    return rows.position[row] == prompts.get(sequence).length + steps.get(sequence).size() - 1;
  }

  private int otherSlot(int sequence) {
    int second = options.slots() + options.maxPrefillTokens() + sequence;
    return hiddenSlot[sequence] == sequence ? second : sequence;
  }

  private int[] history(int sequence) {
    IntStream generated = steps.get(sequence).stream().mapToInt(Step::token);
    return IntStream.concat(Arrays.stream(prompts.get(sequence)), generated).toArray();
  }

  /** Emits the rows that leave after a segment, fills their K and V, and keeps the others. */
  private void leave(int segment, boolean last) {
    int depth = last ? spec.layers() : spec.ramps().get(segment).depth();
    RowBatch exits = new RowBatch(rows.rows, tables);
    int head = 0;
    int kept = 0;
    for (int row = 0; row < rows.rows; row++) {
      boolean read = head < rows.heads && rows.headRow[head] == row;
      if (read && (last || leaves(row, spec.ramps().get(segment), readings.confidence[head]))) {
        steps
            .get(rows.table[row])
            .add(new Step(readings.token[head], depth, readings.confidence[head]));
        pendingFrom[rows.table[row]] = 0;
        logProbs.get(rows.table[row]).add(readings.logProb[head]);
        copyRow(row, exits, exits.rows++);
      } else if (!last) {
        copyRow(row, rows, kept++);
      }
      head += read ? 1 : 0;
    }
    rows.rows = kept;
    if (!last) {
      nameDeeperEntries(segment, exits);
      model.fillKv(segment, exits);
    }
  }

  private boolean leaves(int row, RampSpec ramp, float confidence) {
    return pendingFrom[rows.table[row]] == 0 && !ramp.isOff() && ramp.passes(confidence);
  }

  private void nameDeeperEntries(int exitSegment, RowBatch exits) {
    for (int row = 0; row < exits.rows; row++) {
      int[][] table = tables[exits.table[row]];
      int position = exits.position[row];
      for (int s = exitSegment + 1; s < table.length; s++) {
        table[s][position] =
            switch (options.kvFill()) {
              case MAP -> CacheGeometry.alias(exitSegment, table[exitSegment][position]);
              case COPY, PROPAGATE -> takeCell(s);
              case RECOMPUTE -> -1; // none until the row runs there
            };
      }
      if (options.kvFill() == KvFill.RECOMPUTE) {
        int sequence = exits.table[row];
        pendingFrom[sequence] = exitSegment + 1;
        hiddenSlot[sequence] = otherSlot(sequence);
      }
    }
  }

  private void copyRow(int from, RowBatch target, int to) {
    target.token[to] = rows.token[from];
    target.position[to] = rows.position[from];
    target.slot[to] = rows.slot[from];
    target.table[to] = rows.table[from];
    target.prompt[to] = rows.prompt[from];
  }

  private int takeCell(int segment) {
    List<Integer> cells = freeCells.get(segment);
    return cells.remove(cells.size() - 1);
  }
}
