package io.drex.demo.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * What the trainer needs of PyTorch beyond DJL's array interface.
 *
 * <p>A result lives in the manager of the first operand: a step's arrays come first in every
 * operation, so that they die with the step.
 *
 * <p>Never write {@code x.mul(2)} or {@code x.pow(2)} where gradients are collected: DJL frees the
 * number's memory at the next garbage collection, while the backward pass still needs it, and the
 * gradient turns into noise or NaN. Numbers must be arrays that outlive the step.
 */
final class Torch {
  private Torch() {}

  /**
   * Starts the engine on the CPU, without gradients. Call it once, on the thread that trains. An
   * operation has one thread: two halves of a batch in two threads wait less for each other.
   */
  static NDManager start() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    JniUtils.setNumThreads(1);
    JniUtils.setGradMode(false);
    return manager;
  }

  /** The rows of a matrix at the given indices: [n] of [m][k] → [n][k]. */
  static NDArray rows(NDArray indices, NDArray matrix) {
    return JniUtils.embedding((PtNDArray) indices, (PtNDArray) matrix, false);
  }

  static NDArray sigmoid(NDArray x) {
    return JniUtils.sigmoid((PtNDArray) x);
  }

  static NDArray where(NDArray condition, NDArray yes, NDArray no) {
    return JniUtils.where((PtNDArray) condition, (PtNDArray) yes, (PtNDArray) no);
  }
}
