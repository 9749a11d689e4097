package io.drex.schedule;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.model.RampSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One prompt being completed. Mutable; owned by the scheduler's thread. */
public final class Sequence {
  /** {@link #dueAt} of a sequence that may take as long as it likes. */
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  private static final int NO_SLOT = -1;
  private static final long NEVER_ADMITTED = -1;

  final int[] prompt; // [position]
  final SequenceOptions options;
  final int group;
  final SequenceListener listener;

  /** Where it waits; null while it is new, or has finished. */
  @Nullable SequenceQueue queue;

  @Nullable Sequence previous;
  @Nullable Sequence next;

  /** Its place in the heap of those that wait. */
  int heapIndex;

  /** Its slot and the index of its KV token tables, from admission to end. */
  int slot = NO_SLOT;

  /** How many were admitted before it, counted once: the youngest has the highest. */
  long age = NEVER_ADMITTED;

  /** Blocks that it is expected to hold at its end. [segment] */
  int[] expectedBlocks = {};

  /**
   * Blocks that it is known to need: what it held when it was pre-empted, with those that its next
   * row may take. [segment]
   */
  int[] neededBlocks = {};

  /** Blocks taken, dense from 0. [segment][k] */
  int[][] blocks = {};

  /** Cells in use of those blocks. [segment] */
  int[] cells = {};

  /** Blocks [0, sharedBlocks) are of {@link Prefixes}, in every segment; the others are its own. */
  int sharedBlocks;

  /** Positions of its prompt that it found computed. */
  int foundPositions;

  /** Node of each shared block in {@link PrefixBlocks}. [k] */
  int[] prefixNodes = {};

  /** Whether another sequence was the first to share what this one computed next. */
  boolean keepsItsOwn;

  /** Known positions [0, prefilled) have run as deep as they are to run. */
  int prefilled;

  /** Known positions [chunkStart, chunkEnd) are in the chunk on its way. */
  int chunkStart;

  int chunkEnd;

  /** Slot of position {@code chunkStart} in the chunk. */
  int chunkSlot;

  /** Where the hidden state of its newest row lies. */
  int hiddenSlot = NO_SLOT;

  /** First segment that the pending token before its newest has yet to run; 0 if none pends. */
  int pendingFrom;

  /** Positions [0, ranBefore) had run when it last lost its KV. */
  int ranBefore;

  /** The step after which it entered its stage queue. */
  long queuedAtStep;

  /** Whether its newest token is final while the row that gave it still runs deeper layers. */
  boolean isReleased;

  /** Restarts after failed device calls. */
  int restarts;

  /** Among those that wait for a slot, the higher goes first. */
  int priority;

  long deadlineNanos = NO_DEADLINE;

  private final Generated generated = new Generated();
  private int[] history = {}; // [position], prompt and tokens; empty unless sampling penalises
  private RampSpec[] ramps = {}; // [segment], the ramp after it with this sequence's threshold
  int[] exitsBySegment = {}; // [segment]
  int involuntaryExits;
  private int involuntaryStays;
  private int staysOfPosition;
  long bufferedSteps;
  private @Nullable Outcome outcome;

  /**
   * A greedy sequence.
   *
   * @param prompt token ids, not copied; at least one
   * @param maxNewTokens most tokens to generate, at least 1
   * @param group opaque; a step whose rows are of several groups counts as mixed
   */
  public Sequence(int[] prompt, int maxNewTokens, int group, SequenceListener listener) {
    this(prompt, SequenceOptions.greedy(maxNewTokens), group, listener);
  }

  /**
   * @param prompt token ids, not copied; at least one
   * @param group opaque; a step whose rows are of several groups counts as mixed
   */
  public Sequence(int[] prompt, SequenceOptions options, int group, SequenceListener listener) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a sequence needs a prompt token");
    }
    this.prompt = prompt;
    this.options = options;
    this.group = group;
    this.listener = listener;
  }

  /**
   * Lets it start before those of lower priority that wait with it; 0 unless told. Before it is
   * added.
   */
  public void prioritize(int value) {
    priority = value;
  }

  /**
   * Says when it should be over, on the clock of {@link Scheduler#now}. It moves the time at which
   * rows run and nothing else: also a sequence that is late goes on to its end.
   */
  public void dueAt(long nanos) {
    deadlineNanos = nanos;
  }

  /** How it ended; null until then. */
  public @Nullable Outcome outcome() {
    return outcome;
  }

  /** Generated ids so far, a copy. [token] */
  public int[] tokens() {
    return generated.tokens();
  }

  /** Decoder layers run by each token's row, a copy. [token] */
  public short[] depths() {
    return generated.depths();
  }

  /** Confidence of the head that emitted each token, a copy. [token] */
  public float[] confidences() {
    return generated.confidences();
  }

  /** Logarithm of each token's probability, a copy; see {@link HeadReadings#logProb}. [token] */
  public float[] logProbs() {
    return generated.logProbs();
  }

  /** Tokens emitted after each segment, a copy. [segment] */
  public int[] exitsBySegment() {
    return exitsBySegment.clone();
  }

  /** Tokens emitted at a ramp whose threshold they did not pass. */
  public int involuntaryExits() {
    return involuntaryExits;
  }

  /** Rows that passed a ramp's threshold and had to go on. */
  public int involuntaryStays() {
    return involuntaryStays;
  }

  /** Steps that it sat out in rebatching buffers. */
  public long bufferedSteps() {
    return bufferedSteps;
  }

  /** Takes a slot; at the first admission also makes room for the results. */
  void admit(int newSlot, long newAge, int limit, int segments) {
    slot = newSlot;
    hiddenSlot = newSlot;
    if (age == NEVER_ADMITTED) {
      age = newAge;
      generated.reserve(limit);
      if (options.sampling().penalises()) {
        history = Arrays.copyOf(prompt, prompt.length + limit);
      }
      exitsBySegment = new int[segments];
    }
  }

  /** Tells it the model's ramps, before it is admitted. */
  void meet(RampSpec[] modelRamps) {
    ramps = options.takesTheRampsThresholds() ? modelRamps : withThreshold(modelRamps);
  }

  private RampSpec[] withThreshold(RampSpec[] modelRamps) {
    RampSpec[] own = new RampSpec[modelRamps.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = modelRamps[i].withThreshold(options.exitThreshold());
    }
    return own;
  }

  /** Gives its slot up and keeps what it has generated. */
  void preempt() {
    slot = NO_SLOT;
  }

  /** Its KV is lost: all known positions are to run again, the generated ones as recorded. */
  void rewind(int ran) {
    ranBefore = Math.max(ranBefore, ran);
    prefilled = 0;
    foundPositions = 0;
    hiddenSlot = slot;
    pendingFrom = 0;
    isReleased = false;
    staysOfPosition = 0;
  }

  /** The row on its way passed a ramp's threshold and had to go on. */
  void stayInvoluntarily() {
    staysOfPosition++;
  }

  void append(int token, float confidence, float logProb, int depth) {
    if (history.length > 0) {
      history[prompt.length + generated.count()] = token;
    }
    generated.append(token, confidence, logProb, depth);
    involuntaryStays += staysOfPosition;
    staysOfPosition = 0;
  }

  /** Has a row's head read, by this sequence's sampling. */
  void readHead(RowBatch rows, int row) {
    int head = rows.heads++;
    rows.headRow[head] = row;
    rows.sampling.set(head, options.sampling(), options.seed(), history);
  }

  /** The ramps as this sequence meets them. [segment] */
  RampSpec[] ramps() {
    return ramps;
  }

  /** Whether what it generated so far, the newest token included, ends it. */
  boolean stops() {
    return generated.stops(options.stopCheck());
  }

  void finish(Outcome how) {
    outcome = how;
    slot = NO_SLOT;
  }

  boolean isAdmitted() {
    return slot != NO_SLOT;
  }

  /** Whether the token before its newest has left and has deeper segments yet to run. */
  boolean isPending() {
    return pendingFrom > 0;
  }

  int tokenCount() {
    return generated.count();
  }

  boolean isFull() {
    return generated.count() == generated.limit();
  }

  /** Most tokens that it may generate. */
  int limit() {
    return generated.limit();
  }

  /**
   * Positions that pass in chunks because their tokens are known, [0, knownPositions): the prompt,
   * and after its KV was lost the generated ones but for the newest, which is decoded.
   */
  int knownPositions() {
    return prompt.length + Math.max(0, generated.count() - 1);
  }

  /** Positions that it brings at most. */
  long work() {
    return (long) prompt.length + options.maxNewTokens();
  }

  boolean isPrompt(int position) {
    return position < prompt.length;
  }

  /** The token at a known position. */
  int tokenAt(int position) {
    return isPrompt(position) ? prompt[position] : generated.token(position - prompt.length);
  }

  /** Layers that the row of a generated known position runs: those of the token it emitted. */
  int depthAt(int position) {
    return generated.depth(position - prompt.length + 1);
  }

  /** Position of its row: that of the newest generated token, or one before if it is released. */
  int position() {
    return prompt.length + generated.count() - (isReleased ? 2 : 1);
  }

  /** The newest generated token. */
  int newestToken() {
    int count = generated.count();
    return count == 0 ? HeadReadings.NOT_FINITE : generated.token(count - 1);
  }
}
