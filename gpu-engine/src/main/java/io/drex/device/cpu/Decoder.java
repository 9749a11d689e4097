package io.drex.device.cpu;

import static io.drex.device.cpu.WorkerPool.share;

import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.AttentionTile;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.model.ModelSpec;
import io.drex.model.RopeTable;
import java.util.Arrays;

/**
 * The decoder layers over the rows of one call. Each layer is a chain of parallel regions: linear
 * layers are shared out by slices of columns, attention by row and KV head, all else by rows.
 */
final class Decoder {
  private final ModelSpec spec;
  private final ModelWeights weights;
  private final Segments segments;
  private final KvCache cache;
  private final Panel hidden; // [slot][hidden]
  private final Team team;
  private final RopeTable rope;

  private final AttentionTile[] tiles; // [worker]
  private final int rowsPerTile;
  private final Panel normed; // [row][hidden]
  private final Panel qkv; // [row][queries, keys, values]
  private final Panel attended; // [row][head][headDim]
  private final Panel projected; // [row][hidden]
  private final Panel gate; // [row][intermediate]
  private final Panel up; // [row][intermediate]

  // Made once, so that a call allocates nothing.
  private final WorkerPool.Region embed = this::embed;
  private final WorkerPool.Region inputNorm = this::inputNorm;
  private final WorkerPool.Region project = this::project;
  private final WorkerPool.Region place = this::place;
  private final WorkerPool.Region projectKv = this::projectKv;
  private final WorkerPool.Region placeKv = this::placeKv;
  private final WorkerPool.Region attend = this::attend;
  private final WorkerPool.Region attentionOut = this::attentionOut;
  private final WorkerPool.Region postNorm = this::postNorm;
  private final WorkerPool.Region feedForward = this::feedForward;
  private final WorkerPool.Region feedForwardOut = this::feedForwardOut;

  // What the regions of the layer in progress read; published by the pool.
  private RowBatch rows = new RowBatch(0, new int[0][][]);
  private int segment;
  private int layer;

  /**
   * @param hidden [slot][hidden]
   * @param maxRows most rows of one call
   * @throws IllegalArgumentException if scratch for so many rows does not fit in one array
   */
  Decoder(
      ModelSpec spec,
      Segments segments,
      ModelWeights weights,
      KvCache cache,
      Panel hidden,
      Team team,
      int maxRows) {
    this.spec = spec;
    this.weights = weights;
    this.segments = segments;
    this.cache = cache;
    this.hidden = hidden;
    this.team = team;
    rope = RopeTable.compute(spec.headDim(), spec.maxPositions(), spec.rope());
    tiles = new AttentionTile[team.workers()];
    Arrays.setAll(tiles, i -> new AttentionTile());
    rowsPerTile = AttentionShape.of(spec).rowsPerTile();
    LayerWeights any = weights.layers[0];
    LinearKernel linear = team.linear();
    normed = linear.inputs(maxRows, spec.hiddenSize());
    qkv = Panel.allocate(maxRows, any.qkv.paddedOutputs());
    attended = linear.inputs(maxRows, spec.heads() * spec.headDim());
    projected = Panel.allocate(maxRows, any.down.paddedOutputs());
    gate = linear.inputs(maxRows, any.down.inputs(), any.gate.paddedOutputs());
    up = Panel.allocate(maxRows, any.up.paddedOutputs());
  }

  /** Makes the rows' hidden states their tokens' embeddings. */
  void embed(RowBatch whichRows) {
    rows = whichRows;
    team.run(embed);
  }

  /** Runs a segment's layers over rows. */
  void run(int whichSegment, RowBatch whichRows) {
    rows = whichRows;
    segment = whichSegment;
    for (layer = segments.firstLayer(segment); layer < segments.endLayer(segment); layer++) {
      team.run(inputNorm);
      team.run(project);
      team.run(place);
      team.run(attend);
      team.run(attentionOut);
      team.run(postNorm);
      team.run(feedForward);
      team.run(feedForwardOut);
    }
  }

  /**
   * Writes K and V of all layers after a segment, each projected from the rows' hidden states as
   * that segment left them, to the cells that the rows' tables name.
   */
  void propagate(int exitSegment, RowBatch whichRows) {
    rows = whichRows;
    for (segment = exitSegment + 1; segment < segments.count(); segment++) {
      for (layer = segments.firstLayer(segment); layer < segments.endLayer(segment); layer++) {
        team.run(inputNorm);
        team.run(projectKv);
        team.run(placeKv);
      }
    }
  }

  private void embed(int worker, int workers) {
    int end = share(rows.rows, worker + 1, workers);
    for (int row = share(rows.rows, worker, workers); row < end; row++) {
      weights.embedding.copyOutput(rows.token[row], hidden.data(), hidden.at(rows.slot[row]));
    }
  }

  private void inputNorm(int worker, int workers) {
    norm(weights.layers[layer].inputNorm, worker, workers);
  }

  private void postNorm(int worker, int workers) {
    norm(weights.layers[layer].postNorm, worker, workers);
  }

  private void norm(float[] weight, int worker, int workers) {
    Kernels kernels = team.kernels(worker);
    int end = share(rows.rows, worker + 1, workers);
    for (int row = share(rows.rows, worker, workers); row < end; row++) {
      int from = hidden.at(rows.slot[row]);
      kernels.rmsNorm(
          hidden.data(), from, weight, spec.rmsNormEps(), normed.data(), normed.at(row));
      team.linear().written(normed, row, 0, spec.hiddenSize(), worker);
    }
  }

  private void project(int worker, int workers) {
    team.linear(weights.layers[layer].qkv, normed, qkv, rows.rows, worker);
  }

  private void projectKv(int worker, int workers) {
    int firstKey = spec.heads() * spec.headDim();
    team.linearFrom(firstKey, weights.layers[layer].qkv, normed, qkv, rows.rows, worker);
  }

  /** Makes queries, keys and values of what was projected; writes K and V to the rows' cells. */
  private void place(int worker, int workers) {
    placeFrom(0, worker, workers);
  }

  private void placeKv(int worker, int workers) {
    placeFrom(spec.heads(), worker, workers);
  }

  /** Queries come first, then keys: the heads [first, heads + kvHeads) are rotated. */
  private void placeFrom(int first, int worker, int workers) {
    LayerWeights w = weights.layers[layer];
    Kernels kernels = team.kernels(worker);
    int rotated = spec.heads() + spec.kvHeads();
    int end = share(rows.rows, worker + 1, workers);
    for (int row = share(rows.rows, worker, workers); row < end; row++) {
      addBias(w.qkvBias, first * spec.headDim(), qkv.at(row));
      int position = rows.position[row];
      for (int head = first; head < rotated; head++) {
        int at = qkv.at(row) + head * spec.headDim();
        normHead(kernels, head < spec.heads() ? w.queryNorm : w.keyNorm, at);
        kernels.rotate(qkv.data(), at, rope, position);
      }
      int cell = rows.kvTable[rows.table[row]][segment][position];
      int keys = qkv.at(row) + spec.heads() * spec.headDim();
      cache.write(layer, cell, qkv.data(), keys);
    }
  }

  /** Adds the biases of the columns from {@code first} on, where the family has any. */
  private void addBias(float[] bias, int first, int at) {
    float[] columns = qkv.data();
    for (int i = first; i < bias.length; i++) {
      columns[at + i] += bias[i];
    }
  }

  /** Norms one head where the family does. */
  private void normHead(Kernels kernels, float[] weight, int at) {
    if (weight.length > 0) {
      kernels.rmsNorm(qkv.data(), at, weight, spec.rmsNormEps(), qkv.data(), at);
    }
  }

  /** Workers take every n-th pair of tile and KV head: later rows of a prompt read more. */
  private void attend(int worker, int workers) {
    AttentionTile tile = tiles[worker];
    int firstPair = 0; // of the tile
    int count;
    for (int row = 0; row < rows.rows; row += count, firstPair += spec.kvHeads()) {
      count = neighbours(row);
      int firstHead = Math.floorMod(worker - firstPair, workers);
      if (firstHead >= spec.kvHeads()) {
        continue;
      }
      tile.setRows(row, count, rows.position[row] + 1);
      tile.setKvHeads(firstHead, workers);
      int[] table = rows.kvTable[rows.table[row]][segment];
      team.kernels(worker).attend(cache.layer(layer), table, tile, qkv, attended);
      for (int head = firstHead; head < spec.kvHeads(); head += workers) {
        attended(row, count, head, worker);
      }
    }
  }

  /** Tells the linear layers which columns of {@link #attended} a KV head's queries wrote. */
  private void attended(int firstRow, int count, int kvHead, int worker) {
    int width = spec.heads() / spec.kvHeads() * spec.headDim();
    for (int row = firstRow; row < firstRow + count; row++) {
      team.linear().written(attended, row, kvHead * width, (kvHead + 1) * width, worker);
    }
  }

  /** How many rows from {@code row} on are neighbours of one sequence, within a tile. */
  private int neighbours(int row) {
    int most = Math.min(rowsPerTile, rows.rows - row);
    int count = 1;
    while (count < most
        && rows.table[row + count] == rows.table[row]
        && rows.position[row + count] == rows.position[row] + count) {
      count++;
    }
    return count;
  }

  private void attentionOut(int worker, int workers) {
    addProjection(weights.layers[layer].attentionOut, attended, worker);
  }

  private void feedForward(int worker, int workers) {
    LayerWeights w = weights.layers[layer];
    team.linear(w.gate, normed, gate, rows.rows, worker);
    team.linear(w.up, normed, up, rows.rows, worker);
    int from = team.fromOutput(w.gate, worker);
    int to = team.fromOutput(w.gate, worker + 1);
    for (int row = 0; row < rows.rows; row++) {
      int at = gate.at(row);
      team.kernels(worker).swiGlu(gate.data(), up.data(), at + from, at + to);
      team.linear().written(gate, row, from, to, worker);
    }
  }

  private void feedForwardOut(int worker, int workers) {
    addProjection(weights.layers[layer].down, gate, worker);
  }

  /** Adds a linear layer's outputs to the rows' hidden states, a worker its own columns. */
  private void addProjection(PackedMatrix w, Panel x, int worker) {
    team.linear(w, x, projected, rows.rows, worker);
    int from = team.fromOutput(w, worker);
    int to = team.fromOutput(w, worker + 1);
    float[] states = hidden.data();
    for (int row = 0; row < rows.rows; row++) {
      int state = hidden.at(rows.slot[row]);
      int addend = projected.at(row);
      for (int i = from; i < to; i++) {
        states[state + i] += projected.data()[addend + i];
      }
    }
  }

  /** Bytes of scratch and tables. */
  long bytes() {
    return rope.bytes()
        + normed.bytes()
        + qkv.bytes()
        + attended.bytes()
        + projected.bytes()
        + gate.bytes()
        + up.bytes();
  }
}
