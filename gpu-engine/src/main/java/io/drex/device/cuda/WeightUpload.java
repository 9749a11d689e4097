package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.Tensor;
import io.drex.model.TensorReader;
import io.drex.model.TensorSource;
import java.nio.ByteBuffer;

/**
 * Brings weights to the device, piece by piece through pinned memory. Matrices are rounded to bf16
 * and packed into tiles there; vectors stay floats. Random matrices are made on the device. Used
 * while a model is opened.
 */
final class WeightUpload {
  /** Of a block. */
  static final int THREADS = 256;

  /** Of a launch. */
  static final int MAX_ROWS = 65_535;

  private static final int MAX_STAGING_BYTES = 8 << 20;

  // Arguments of repack_tiles that change from piece to piece.
  private static final int TILES = 0;
  private static final int IS_F32 = 2;
  private static final int ROWS = 3;
  private static final int INPUTS = 4;
  private static final int INPUT_TILES = 5;
  private static final int FIRST = 6;
  private static final int PLACE = 7;

  private final CudaDriver driver;
  private final DeviceMemory memory;
  private final int stagingBytes;
  private final PinnedMemory staging;
  private final long staged; // its copy on the device
  private final Arguments.List repacked;
  private final CudaDriver.Launch repack;
  private final RandomTiles random;

  WeightUpload(KernelSet kernels, DeviceMemory memory, LoadedModel model) {
    this.driver = kernels.driver();
    this.memory = memory;
    stagingBytes = (int) Math.min(MAX_STAGING_BYTES, model.weightBytes());
    staging = memory.pin(stagingBytes);
    staged = memory.allocate("staging", stagingBytes);
    repacked = kernels.arguments().add(0L).add(staged).add(0).add(0).add(0).add(0).add(0).add(0);
    repack = kernels.prepare("repack_tiles", THREADS, repacked);
    random = new RandomTiles(kernels);
  }

  /** A matrix whose outputs are those of the tensors, one after the other. */
  Matrix matrix(Tensor... parts) {
    int outputs = 0;
    for (Tensor part : parts) {
      outputs += rows(part);
    }
    Matrix matrix = allocate(parts[0].name(), outputs, columns(parts[0]));
    int first = 0;
    for (Tensor part : parts) {
      pack(part, matrix, first, PartPlace.IN_ORDER);
      first += rows(part);
    }
    return matrix;
  }

  /** Gate and up of a gated MLP, eight outputs of each in turn. */
  Matrix gateAndUp(Tensor gate, Tensor up) {
    Matrix matrix = allocate(gate.name(), 2 * Matrix.padded(rows(gate)), columns(gate));
    pack(gate, matrix, 0, PartPlace.GATE);
    pack(up, matrix, 0, PartPlace.UP);
    return matrix;
  }

  private Matrix allocate(String name, int outputs, int inputs) {
    long bytes = Matrix.bytes(outputs, inputs);
    long tiles = memory.allocate("the weights " + name, bytes);
    driver.fill(tiles, (byte) 0, bytes);
    return new Matrix(tiles, outputs, inputs);
  }

  private void pack(Tensor part, Matrix matrix, int firstOutput, PartPlace place) {
    if (part.source() instanceof TensorSource.Random values) {
      random.fill(values, rows(part), matrix, firstOutput, place);
    } else {
      repack(part, matrix, firstOutput, place);
    }
  }

  private void repack(Tensor part, Matrix matrix, int firstOutput, PartPlace place) {
    int rowBytes = Math.multiplyExact(columns(part), part.dtype().bytes());
    int most = Math.min(MAX_ROWS, stagingBytes / rowBytes);
    if (most == 0) {
      throw new IllegalArgumentException(
          part.name() + " has rows of more than " + stagingBytes + " bytes");
    }
    repacked.set(TILES, matrix.tiles());
    repacked.set(IS_F32, part.dtype() == DType.F32 ? 1 : 0);
    repacked.set(INPUTS, matrix.inputs());
    repacked.set(INPUT_TILES, matrix.inputTiles());
    repacked.set(PLACE, place.ordinal());
    int gridX = (matrix.inputs() + THREADS - 1) / THREADS;
    ByteBuffer data = part.data();
    for (int row = 0; row < rows(part); row += most) {
      int count = Math.min(most, rows(part) - row);
      int at = Math.multiplyExact(row, rowBytes);
      staging.bytes().put(0, data, at, count * rowBytes);
      driver.upload(staging, staged, (long) count * rowBytes);
      repacked.set(ROWS, count);
      repacked.set(FIRST, firstOutput + row);
      driver.launch(repack, gridX, count);
      driver.finish(); // before the staging memory is filled again
    }
  }

  /** Vectors one after the other, as floats; 0 where there are none. */
  long vectors(Tensor... parts) {
    int elements = 0;
    for (Tensor part : parts) {
      elements += Math.toIntExact(part.elements());
    }
    float[] all = new float[elements];
    int at = 0;
    for (Tensor part : parts) {
      float[] values = TensorReader.readVector(part);
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return parts.length == 0 ? 0 : floats(parts[0].name(), all);
  }

  /** Numbers as they are; returns their address. */
  long floats(String name, float[] values) {
    long address = memory.allocate("the weights " + name, (long) values.length * Float.BYTES);
    int most = stagingBytes / Float.BYTES;
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      staging.bytes().asFloatBuffer().put(0, values, from, count);
      driver.upload(staging, address + (long) from * Float.BYTES, (long) count * Float.BYTES);
      driver.finish();
    }
    return address;
  }

  private static int rows(Tensor matrix) {
    return Math.toIntExact(matrix.shape().get(0));
  }

  private static int columns(Tensor matrix) {
    return Math.toIntExact(matrix.shape().get(1));
  }
}
