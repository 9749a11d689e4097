package io.drex.device;

/**
 * The rows of one device call, as index arrays; the backend copies or reads them during the call.
 *
 * <p>A row is one token position of one sequence. Index spaces: <em>row</em> [0, rows) within this
 * batch; <em>slot</em> [0, hiddenSlots) in the hidden-state pool, of which [0, slots) belong to
 * sequences and [slots, slots + maxPrefillTokens) are scratch for prompt rows; under {@link
 * KvFill#RECOMPUTE} the sequence of slot s has slots + maxPrefillTokens + s as well, so that the
 * state of a pending token stays where it is while the next row uses the other; <em>table</em> [0,
 * slots) names a sequence's KV token tables (it is the sequence's slot); <em>position</em> counts
 * tokens of the sequence from 0.
 *
 * <p>Mutable and reused between calls; owned by the engine thread.
 */
public final class RowBatch {
  /** Token id at the row's position; read by segment 0 only. [row] */
  public final int[] token;

  /** Position in the sequence. [row] */
  public final int[] position;

  /** Where the row's hidden state lies. [row] */
  public final int[] slot;

  /** Whose KV token tables the row reads and writes. [row] */
  public final int[] table;

  /** Whether the position belongs to the prompt (phase), rather than to generated text. [row] */
  public final boolean[] prompt;

  /** Rows whose head is read, in increasing order. [head] */
  public final int[] headRow;

  /** How the heads choose their tokens. */
  public final HeadSampling sampling;

  /**
   * KV token tables, [table][segment][position] to an entry (see {@link CacheGeometry}). Entries at
   * positions before a sequence's current one do not change while it lives; the arrays belong to
   * the scheduler.
   */
  public final int[][][] kvTable;

  /**
   * For backends that keep the tables on the device: a counter per table that changes whenever
   * entries were set at positions that come in no call, such as those of a prefix that another
   * sequence computed. All other entries belong to a row of {@link DeviceModel#runSegment}, in its
   * segment, or of {@link DeviceModel#fillKv}, in each deeper one. So when a table's counter is not
   * the last that was seen, all entries before the table's first row in the call are to be read
   * again, in every segment. [table]
   */
  public final int[] tableVersion;

  /** Rows in use. */
  public int rows;

  /** Head rows in use. */
  public int heads;

  /** A batch whose every entry belongs to a row. */
  public RowBatch(int maxRows, int[][][] kvTable) {
    this(maxRows, kvTable, new int[kvTable.length]);
  }

  /**
   * @param maxRows most rows of one call
   * @param kvTable [slot][segment][position], shared with the scheduler that fills it
   * @param tableVersion [slot], shared likewise
   */
  public RowBatch(int maxRows, int[][][] kvTable, int[] tableVersion) {
    token = new int[maxRows];
    position = new int[maxRows];
    slot = new int[maxRows];
    table = new int[maxRows];
    prompt = new boolean[maxRows];
    headRow = new int[maxRows];
    sampling = new HeadSampling(maxRows);
    this.kvTable = kvTable;
    this.tableVersion = tableVersion;
  }

  /** Forgets all rows. */
  public void clear() {
    rows = 0;
    heads = 0;
  }
}
