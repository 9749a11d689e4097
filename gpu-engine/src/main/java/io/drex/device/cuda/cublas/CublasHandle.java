package io.drex.device.cuda.cublas;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.ptr.LongByReference;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.cuda.driver.CudaDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * cuBLAS on one GPU, in the order of its driver's stream. Used by the thread that opened the
 * driver.
 *
 * <p>cuBLAS is written for CUDA's runtime, which takes the context that the driver made current on
 * the calling thread, be it the device's primary one or not, and makes none of its own. A handle
 * belongs to the context that was current when it was made, and is to be given back before that
 * ends.
 *
 * <p>Every method throws {@link DeviceOutOfMemoryException} where memory lacks, and {@link
 * DeviceLostException} on any other error. Errors of what runs on the device come up with a later
 * call of the driver.
 */
public final class CublasHandle implements AutoCloseable {
  /** Bytes of device memory that products may use meanwhile; what NVIDIA advises for Hopper. */
  public static final long WORKSPACE_BYTES = 32L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(CublasHandle.class);

  // Of cublas_api.h and library_types.h.
  private static final int AS_IT_IS = 0; // CUBLAS_OP_N
  private static final int TRANSPOSED = 1; // CUBLAS_OP_T
  private static final int F32 = 0; // CUDA_R_32F
  private static final int BF16 = 14; // CUDA_R_16BF
  private static final int SUMS_IN_F32 = 68; // CUBLAS_COMPUTE_32F
  private static final int ANY_ALGORITHM = -1; // CUBLAS_GEMM_DEFAULT

  private final Function multiply;
  private final Function destroy;
  private final long handle;
  private final Memory one = scalar(1);
  private final Memory zero = scalar(0);

  private CublasHandle(CublasLibrary library, long handle) {
    multiply = library.multiply;
    destroy = library.destroy;
    this.handle = handle;
  }

  private static Memory scalar(float value) {
    Memory memory = new Memory(Float.BYTES);
    memory.setFloat(0, value);
    return memory;
  }

  /**
   * @param workspace address of {@link #WORKSPACE_BYTES} of device memory, which must outlive the
   *     handle
   */
  static CublasHandle open(CublasLibrary library, CudaDriver driver, long workspace) {
    LongByReference made = new LongByReference();
    Object[] create = {made};
    CublasStatus.check(library.create.invokeInt(create), "start on this GPU");
    CublasHandle handle = new CublasHandle(library, made.getValue());
    try {
      handle.use(library, driver.stream(), workspace);
      return handle;
    } catch (RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  /** In this order: a new stream brings a workspace of cuBLAS's own with it. */
  private void use(CublasLibrary library, long stream, long workspace) {
    Object[] toStream = {handle, stream};
    CublasStatus.check(library.setStream.invokeInt(toStream), "use a stream");
    Object[] toWorkspace = {handle, workspace, WORKSPACE_BYTES};
    CublasStatus.check(library.setWorkspace.invokeInt(toWorkspace), "use a workspace");
  }

  /**
   * A matrix of weights, as rows.
   *
   * @param weights address, bf16, [output][inputs]
   * @param inputs a multiple of 16
   */
  public record Weights(long weights, int outputs, int inputs) {}

  /**
   * sums[row][output] = Σ weights[output][k] · x[row][k], added in f32.
   *
   * @param x address, bf16, [rows][inputs]
   * @param sums address, float, [rows][stride]
   * @param stride elements per row of {@code sums}, at least the outputs
   */
  public void multiply(Weights of, long x, int rows, long sums, int stride) {
    // cuBLAS takes matrices column by column: rows here are columns there.
    Object[] arguments = {
      handle,
      TRANSPOSED,
      AS_IT_IS,
      of.outputs,
      rows,
      of.inputs,
      one,
      of.weights,
      BF16,
      of.inputs,
      x,
      BF16,
      of.inputs,
      zero,
      sums,
      F32,
      stride,
      SUMS_IN_F32,
      ANY_ALGORITHM
    };
    int status = multiply.invokeInt(arguments);
    if (status != 0) {
      CublasStatus.check(
          status, "multiply " + rows + " rows by " + of.outputs + " × " + of.inputs + " weights");
    }
  }

  /** Gives back what cuBLAS holds. Never throws. */
  @Override
  public void close() {
    int status = destroy.invokeInt(new Object[] {handle});
    if (status != 0) {
      LOG.warn("cuBLAS could not be ended: {}", CublasStatus.name(status));
    }
  }
}
